from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect import views as municipality
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

# By a form of our own page only: no foreign link signs anybody in.
to_municipality = require_POST(municipality.login)


def municipal_accounts():
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [{"name": each["name"], "url": reverse("openid_connect_login", args=[each["provider_id"]])} for each in apps]


def sign_in(request):
    view = account.LoginView.as_view(extra_context={"municipal_accounts": municipal_accounts()})
    if settings.OIDC_SERVER_URL:
        # Browsers hold the redirect to the municipality to what the page with the form allows.
        server = urlsplit(settings.OIDC_SERVER_URL)
        view = csp_update({"form-action": f"{server.scheme}://{server.netloc}"})(view)
    return view(request)


@login_required
def sign_in_again(request):
    """Ends the session, and leads back to where somebody was asked whether it is really them."""
    if request.method == "POST":
        way_on = QueryDict(mutable=True)
        way_on[REDIRECT_FIELD_NAME] = way_on_of(request)
        logout(request)
        return redirect(f"{reverse('account_login')}?{way_on.urlencode(safe='/')}")
    return TemplateResponse(
        request, "accounts/sign_in_again.html", {"minutes": app_settings.REAUTHENTICATION_TIMEOUT // 60}
    )


def way_on_of(request):
    asked = request.GET.get(REDIRECT_FIELD_NAME, "")
    return asked if get_adapter(request).is_safe_url(asked) else reverse("mfa_index")
