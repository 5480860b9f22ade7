"""Mails to staff about their own accounts. They go through the outbox, and as they have no city, operators see them."""

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from inquiries.letters import address_of_site, new_message_id
from inquiries.models import OutgoingMail
from inquiries.outbox import sender

from .browsers import words_for
from .origin import NOWHERE, shortened_address


def write(template, recipient, context, secret_link=""):
    """The first line of a template is the subject."""
    subject, _line, body = render_to_string(f"accounts/mail/{template}.txt", context).strip().partition("\n")
    return OutgoingMail(
        purpose=OutgoingMail.Purpose.ACCOUNT,
        recipient=recipient,
        subject=subject.strip(),
        body=body.strip() + "\n",
        secret_link=secret_link,
        message_id=new_message_id(),
    )


def post(mail):
    mail.save()
    transaction.on_commit(sender.start)


def tell(user, template, request, **context):
    """Nobody can be told who has no address."""
    if user.email:
        post(write(template, user.email, circumstances(request) | {"user": user} | context))


def circumstances(request):
    address = shortened_address(request)
    return {
        "when": timezone.localtime(),
        "browser": words_for(request.headers.get("User-Agent", "")),
        "address": "" if address == NOWHERE else address,
        "site": address_of_site(request),
        "sign_in": address_of_site(request) + reverse("account_login"),
    }


def link_to_new_password(user, request):
    key = f"{user_pk_to_url_str(user)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    return address_of_site(request) + path_of_key(key)


def path_of_key(key):
    uid, _dash, token = key.partition("-")
    return reverse("account_reset_password_from_key", args=[uid, token])


def invite(user, request, cities=()):
    """To a new colleague: a link to choose a password by, instead of one that somebody tells them."""
    context = circumstances(request) | {"user": user, "by": request.user, "cities": cities, "days": days_of_link()}
    post(write("invitation", user.email, context, secret_link=link_to_new_password(user, request)))


def days_of_link():
    return settings.PASSWORD_RESET_TIMEOUT // (60 * 60 * 24)
