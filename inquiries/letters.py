"""The words of the mails: to the team, which learn nothing personal, and to those who wrote to it."""

import uuid
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext, override

from contacts.inquiry_kinds import InquiryKind
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import Contact

from .mail_html import html_of
from .models import FormSettings, OutgoingMail

# Mails that the site writes, not a person.
BY_ITSELF = (OutgoingMail.Purpose.NOTICE, OutgoingMail.Purpose.REVIEW, OutgoingMail.Purpose.ACCOUNT)


def notice_for(inquiry, request):
    """Tells the team that there is something to read, and nothing of what was written; None if nobody is named."""
    recipient = FormSettings.of(inquiry.city, inquiry.kind).notify
    if not recipient:
        return None
    path = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    with override(SOURCE_LANGUAGE):
        context = {"inquiry": inquiry, "link": address_of_site(request) + path}
        body = render_to_string("inquiries/mail/notice.txt", context).strip() + "\n"
    return OutgoingMail(
        city=inquiry.city,
        inquiry=inquiry,
        purpose=OutgoingMail.Purpose.NOTICE,
        recipient=recipient,
        subject=f"Neue Anfrage {inquiry.number}",
        body=body,
        message_id=new_message_id(),
    )


def address_of_site(request):
    """Staff sign in there: a visitor must not choose another port of the machine for them."""
    if settings.SITE_URL:
        return settings.SITE_URL
    host = request.get_host()
    return f"{request.scheme}://{split_domain_port(host)[0] if settings.HTTPS else host}"


def answer_mail(inquiry, text, purpose, by):
    """What staff write to the sender, who has to have given an e-mail address."""
    if not inquiry.email:
        raise ValueError("The sender gave no e-mail address.")
    contact = Contact.objects.for_city(inquiry.city).filter(is_main=True).first()
    footers = in_both_languages(inquiry, lambda inquiry: footer(inquiry, contact))
    return OutgoingMail(
        city=inquiry.city,
        inquiry=inquiry,
        purpose=purpose,
        recipient=inquiry.email,
        reply_to=FormSettings.of(inquiry.city, inquiry.kind).notify or (contact.email if contact else ""),
        subject=" · ".join(in_both_languages(inquiry, answer_subject)),
        body="\n\n".join([text.strip(), *footers]) + "\n",
        languages=list(footers.values()),
        message_id=new_message_id(),
        created_by=by,
    )


def in_both_languages(inquiry, write):
    """The words in German and, where they are others, in the language of the form, each with its language."""
    words = {}
    for language in (SOURCE_LANGUAGE, inquiry.language):
        with override(language):
            words.setdefault(write(inquiry), language)
    return words


def answer_subject(inquiry):
    # Nothing of what the sender wrote: subjects are shown on locked screens, and may be made to deceive.
    return gettext("Ihre Nachricht %(number)s") % {"number": inquiry.number}


def footer(inquiry, contact):
    ombuds_office = settings.OMBUDS_OFFICE_URL if inquiry.kind == InquiryKind.BARRIER else ""
    phone = contact.phone if contact else ""
    if get_language_bidi():
        phone = phone and f"\u2066{phone}\u2069"  # else its groups of digits would change places
    context = {"inquiry": inquiry, "phone": phone, "ombuds_office": ombuds_office}
    return render_to_string("inquiries/mail/footer.txt", context).strip()


def new_message_id():
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain}>"


def message_of(mail):
    """The mail as it goes out, with a mark if an earlier attempt may have arrived."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {"Message-ID": mail.message_id, "Date": format_datetime(timezone.localtime(mail.created_at))}
    if mail.purpose in BY_ITSELF:
        # RFC 3834: nobody's absence note is wanted.
        headers["Auto-Submitted"] = "auto-generated"
    subject, body = mail.subject, mail.body
    if mail.secret_link:
        body = body.replace("{link}", mail.secret_link)
    if mail.is_in_doubt:
        headers["X-Repeated-Delivery"] = "possible"
        subject, body = f"Wiederholung: {subject}", f"{repetition_note(mail)}\n\n{body}"
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=formataddr((mail.city.centre_name if mail.city else "KI-Redaktion", address)),
        to=[mail.recipient],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=headers,
    )
    message.attach_alternative(html_of(mail, subject, body), "text/html")
    return message


def repetition_note(mail):
    if mail.purpose == OutgoingMail.Purpose.NOTICE or mail.inquiry is None:
        with override(SOURCE_LANGUAGE):
            return note_of_repetition()
    return "\n".join(in_both_languages(mail.inquiry, note_of_repetition))


def note_of_repetition(_inquiry=None):
    return gettext("Vielleicht haben Sie diese E-Mail schon bekommen. Dann müssen Sie nichts tun.")
