"""The words that go with a link: for a mail, and for a messenger."""

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact
from inquiries.letters import address_of_site, new_message_id
from inquiries.models import OutgoingMail

from .links import path_of

PLACE_OF_LINK = "{link}"


def link_of(invitation, request):
    return address_of_site(request) + path_of(invitation)


def title_of(invitation):
    """What the text is called: in its own language, or in German before it has words."""
    text = invitation.text()
    return text.title if text and text.title else invitation.page.german_title()


def words_for(invitation, link, language):
    with override(language):
        context = {
            "invitation": invitation,
            "title": title_of(invitation),
            "link": link,
            "language": LANGUAGES[language],
        }
        return render_to_string("invitations/mail/link.txt", context).strip()


def link_mail(invitation, link, by):
    """To the address of the invitation, in German and in its language. The link itself is kept until it is sent."""
    languages = dict.fromkeys([invitation.interface_language, SOURCE_LANGUAGE])
    contact = Contact.objects.for_city(invitation.city).filter(is_main=True).first()
    subjects = []
    for language in languages:
        with override(language):
            subjects.append(gettext("Ihr Link zum Mitmachen"))
    return OutgoingMail(
        city=invitation.city,
        purpose=OutgoingMail.Purpose.LINK,
        recipient=invitation.email,
        reply_to=contact.email if contact else "",
        subject=" · ".join(dict.fromkeys(subjects)),
        body="\n\n---\n\n".join(words_for(invitation, PLACE_OF_LINK, language) for language in languages) + "\n",
        languages=list(languages),
        secret_link=link,
        message_id=new_message_id(),
        created_by=by,
    )


def drop_waiting_mail(invitation):
    """What has not gone out does not go out any more."""
    OutgoingMail.objects.filter(city=invitation.city, sent_at=None, secret_link__endswith=path_of(invitation)).delete()
