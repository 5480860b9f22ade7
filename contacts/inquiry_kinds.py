from django.db import models
from django.utils.translation import gettext_lazy as _


class InquiryKind(models.TextChoices):
    """What people can send to a centre, each by a form of its own."""

    CONTACT = "contact", _("Nachricht schreiben")
    HELP = "help", _("Hilfe in Ihrer Sprache")
    INTERPRETER = "interpreter", _("Sprachmittlung anfragen")
    BARRIER = "barrier", _("Barriere melden")


# The law asks every centre to take reports of barriers; the other forms are a city's choice.
FORMS_TO_CHOOSE = (InquiryKind.CONTACT, InquiryKind.HELP, InquiryKind.INTERPRETER)
FORMS_TO_CHOOSE_CHOICES = [(kind.value, kind.label) for kind in FORMS_TO_CHOOSE]
