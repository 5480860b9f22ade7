"""What somebody typed into a form that cannot be taken: it comes back, and can be sent again as it is."""

import re
from dataclasses import dataclass

from django import forms
from django.apps import apps
from django.core.exceptions import BadRequest, FieldDoesNotExist, SuspiciousOperation
from django.http import QueryDict

from contacts.inquiry_kinds import InquiryKind
from inquiries.forms import FORMS
from inquiries.guard import read_post

# In the copies of the pages of forms.
TYPED_WORDS_STAND_HERE = b"<!-- typed -->"

# Nothing that opens something is written into a page.
SECRET = re.compile("password|credential|secret|otp|(?<!csrfmiddleware)token|^code$", re.IGNORECASE)
SIGN_IN = ("account_login", "account_logout", "account_change_password")
# So much is more than a choice or a number.
LONG = 40  # characters


@dataclass
class Typed:
    name: str
    value: str
    label: str = ""
    is_long: bool = False
    is_shown: bool = False


def typed_words(request, match):
    """Every value that was sent, in its order. Those that are words are shown, the others go along."""
    if request.method != "POST" or match.url_name in SIGN_IN:
        return []
    post = sent(request)
    if any(SECRET.search(name) for name in post):
        return []
    as_typed = of_form(match) if match.app_name == "inquiries" else of_admin(match)
    return [as_typed(name, value) for name, values in post.lists() for value in values]


def sent(request):
    try:
        return read_post(request)
    except AttributeError:  # it was read already, before the database went away
        return request.POST
    except (BadRequest, SuspiciousOperation):  # nothing that a form sends, or files that are too large
        return QueryDict()


def of_form(match):
    fields = FORMS[InquiryKind(match.kwargs["kind"])].base_fields if "kind" in match.kwargs else {}

    def as_typed(name, value):
        field = fields.get(name)
        is_words = isinstance(field, forms.CharField) and name != "website" and not field.widget.is_hidden
        is_long = is_words and isinstance(field.widget, forms.Textarea)
        return Typed(name, value, field.label if field else "", is_long, is_words)

    return as_typed


def of_admin(match):
    """Also of what people send who come by a link: they have no form without database."""
    model = model_of(match)

    def as_typed(name, value):
        is_long = len(value) > LONG and name != "csrfmiddlewaretoken"
        return Typed(name, value, label_of(model, name), is_long, is_long)

    return as_typed


def model_of(match):
    """`pages_pagetranslation_draft` is about a text."""
    app_label, _separator, rest = match.url_name.partition("_")
    try:
        return apps.get_model(app_label, rest.partition("_")[0])
    except LookupError:
        return None


def label_of(model, name):
    try:
        return model._meta.get_field(name).verbose_name if model else name
    except FieldDoesNotExist:
        return name
