from urllib.parse import urlsplit

from allauth.account import views as account
from allauth.socialaccount.providers.openid_connect import views as municipality
from csp.decorators import csp_update
from django.conf import settings
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
