"""Four forms, and the receipt that proves that something was sent."""

from functools import partial

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from contacts.kept_copies import is_kept_copy
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from pages.site import load_site

from .desk import Desk, is_offered
from .guard import address_digest, is_from_elsewhere, is_limited, read_post
from .models import Inquiry
from .models.inquiry import BARRIER_ANSWER
from .outbox import RedirectThenMail
from .questions import answers_of
from .receipts import already_sent, is_readable, receipt_token, store


# Nobody is signed in here whose rights another website could use, so the forms need no cookie: see guard.py.
@csrf_exempt
@cache_control(no_store=True)
def inquiry_form(request, language, city_slug, kind):
    site = load_site(language, city_slug)
    if not is_offered(site.city, kind):
        raise Http404
    desk = Desk(site, kind, request.GET)
    if is_kept_copy(request):
        return render(request, "inquiries/closed.html", {"site": site, "desk": desk, "contacts": desk.main_contacts})
    if request.method == "POST":
        return take(request, desk)
    return form_page(request, desk, desk.form())


def take(request, desk):
    """What was sent leads to a receipt, or comes back with everything that was typed."""
    form = desk.form(read_post(request))
    if is_from_elsewhere(request):
        return form_page(request, desk, desk.form(typed=form.typed()), trouble="elsewhere", status=403)
    if not form.is_valid():
        return form_page(request, desk, form, status=422)
    inquiry = desk.inquiry(form)
    inquiry.receipt_token = receipt_token(form, inquiry)
    if not already_sent(inquiry):
        digest = address_digest(request, desk.site.instant)
        if is_limited(digest, desk.site.instant):
            return form_page(request, desk, form, trouble="limited", status=429)
        store(inquiry, request, digest)
    return to_receipt(desk.site, inquiry)


def to_receipt(site, inquiry):
    args = [site.language.tag, site.city.slug, inquiry.receipt_token]
    return RedirectThenMail(reverse("inquiries:receipt", args=args))


def form_page(request, desk, form, trouble="", status=200):
    context = {
        "site": desk.site,
        "desk": desk,
        "form": form,
        "trouble": trouble,
        "contacts": desk.main_contacts,
        "ombuds_url": settings.OMBUDS_OFFICE_URL,
    }
    return render(request, f"inquiries/{desk.kind.value}_form.html", context, status=status)


@cache_control(no_store=True)
def receipt(request, language, city_slug, token):
    site = load_site(language, city_slug)
    inquiry = find_inquiry(site, token)
    context = {"site": site, "inquiry": inquiry, "contacts": site.contacts()}
    if is_readable(inquiry, site.instant):
        response = render(request, "inquiries/receipt.html", context | words_of_receipt(site, inquiry))
    else:
        response = render(request, "inquiries/receipt_gone.html", context, status=410)
    # The address is the only key to what stands there.
    response["Referrer-Policy"] = "no-referrer"
    return response


def find_inquiry(site, token):
    if not token.isalnum():
        raise Http404
    inquiry = Inquiry.objects.for_city(site.city).filter(receipt_token=token).select_related("contact").first()
    if inquiry is None:
        raise Http404
    inquiry.city = site.city
    return inquiry


def words_of_receipt(site, inquiry):
    about = site.load(Q(translation__page=inquiry.page_id)) if inquiry.page_id else []
    return {
        "german": LANGUAGES[SOURCE_LANGUAGE],
        "german_centre": (site.city.centre_name, LANGUAGES[SOURCE_LANGUAGE]),
        # Called once for each language of the receipt.
        "answers": partial(answers_of, inquiry),
        "about": next(iter(about), None),
        "legal_due_on": timezone.localdate(inquiry.received_at) + BARRIER_ANSWER,
        "ombuds_url": settings.OMBUDS_OFFICE_URL,
    }
