"""Keeps machines and junk out of the forms, without cookie, captcha or script, and without losing what people typed."""

import codecs
import ipaddress
import logging
import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest, RequestDataTooBig, ValidationError
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.core.validators import EmailValidator
from django.db.models import F
from django.http import UnreadablePostError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .models import SubmissionCount

logger = logging.getLogger(__name__)

# Nobody reads and fills in a form faster.
MINIMUM_TIME = timedelta(seconds=3)
# So long a form may lie open on somebody's phone.
LONGEST_TIME = timedelta(days=1)
# Per address, over all cities and forms: a whole shelter may stand behind one address.
SUBMISSIONS_PER_HOUR = 20
# No count is older than a day, as the privacy page says; those of the running hour are never in anybody's way.
COUNTS_KEPT = timedelta(hours=23)

MOST_LINKS = 2
MOST_BLANK_LINES = 20

# --- What was sent ---------------------------------------------------------------------------------


class NoFiles(FileUploadHandler):
    """The forms take no files: not even for a moment does one lie on the disk."""

    def new_file(self, *args, **options):
        raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None


def read_post(request):
    """What a form sent. Whatever no browser sends ends in the page for bad requests."""
    if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
        raise BadRequest("Forms are sent in UTF-8.")
    if length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig("More than a form can hold.")
    request.upload_handlers = [NoFiles(request)]
    try:
        return request.POST
    except UnreadablePostError:
        raise BadRequest("The connection broke.") from None


def length_of(request):
    length = request.headers.get("content-length") or "0"
    if not re.fullmatch("[0-9]{1,18}", length):
        raise BadRequest("The length is no number.")
    return int(length)


# --- The key of a form -----------------------------------------------------------------------------

signer = signing.Signer(salt="inquiries.form_key")
ZERO = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def fresh_key(instant):
    """Says, signed, when a form was opened; no two are alike."""
    return signer.sign(f"{secrets.token_urlsafe(12)}.{(instant - ZERO) // MICROSECOND}")


def opened_at(key):
    """None for a key that is not ours."""
    try:
        return ZERO + int(signer.unsign(key).rpartition(".")[2]) * MICROSECOND
    except signing.BadSignature:
        return None


class GuardedForm(forms.Form):
    """Subclasses add the fields. `website` belongs into an element of class visually-hidden: people never see it."""

    form_key = forms.Field(required=False, widget=forms.HiddenInput)
    website = forms.Field(
        required=False,
        label=_("Bitte leer lassen"),
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, instant, **options):
        super().__init__(*args, **options)
        self.instant = instant
        self.fields["form_key"].initial = fresh_key(instant)

    def clean(self):
        self.check_website()
        self.check_key()
        return self.cleaned_data

    def check_website(self):
        if self.cleaned_data.get("website"):
            self.add_error(
                None,
                ValidationError(
                    _(
                        "Ein verstecktes Feld war ausgefüllt, das leer bleiben muss. Wir haben es geleert. "
                        "Bitte senden Sie das Formular noch einmal."
                    ),
                    code="website",
                ),
            )
            self.enter("website", "")

    def check_key(self):
        opened = opened_at(self.cleaned_data.get("form_key") or "")
        if opened is None or not opened <= self.instant <= opened + LONGEST_TIME:
            error = ValidationError(
                _("Das Formular ist abgelaufen. Ihr Text ist noch da. Bitte senden Sie das Formular noch einmal."),
                code="key",
            )
        elif self.instant < opened + MINIMUM_TIME:
            error = ValidationError(
                _("Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben. Senden Sie das Formular dann noch einmal."),
                code="too_fast",
            )
        else:
            return
        self.add_error(None, error)
        # Whoever presses once more at once has waited long enough.
        self.enter("form_key", fresh_key(self.instant - MINIMUM_TIME))

    def enter(self, name, value):
        """What the form shows when it comes back."""
        self.data = self.data.copy()
        self.data[self.add_prefix(name)] = value


# --- Words -----------------------------------------------------------------------------------------

LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
CONTROL_CHARACTERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# They turn the order of what stands beside them, or are no characters at all.
TREACHEROUS_CHARACTERS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
LINK = re.compile(r"https?://(?:www\.)?|\bwww\.", re.IGNORECASE)
# Not <anna@example.org>, and not <3.
HTML_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:[\s/][^<>]*)?>", re.IGNORECASE)


def without_control_characters(value):
    return TREACHEROUS_CHARACTERS.sub("", CONTROL_CHARACTERS.sub(" ", LINE_ENDS.sub("\n", value)))


def normalized(value, max_length):
    """One spelling of every letter. What is far too long is refused anyway, and could keep the processor busy."""
    return unicodedata.normalize("NFC", value) if len(value) <= 3 * max_length else value


def one_line(value):
    return " ".join(without_control_characters(value).split())


class LineField(forms.CharField):
    """One line, fit for the head of a mail and for a list."""

    def __init__(self, *, max_length, **options):
        super().__init__(max_length=max_length, **options)

    def to_python(self, value):
        return normalized(one_line(super().to_python(value)), self.max_length)


class EverydayEmailValidator(EmailValidator):
    """Without what the standard allows and nobody has: control characters in quotes, bare numbers of machines."""

    def __call__(self, value):
        super().__call__(value)
        if not value.rpartition("@")[0].isascii() or re.search(r'["\[\]]', value):
            raise ValidationError(self.message, code=self.code)


class EmailAddressField(forms.EmailField):
    default_validators = [EverydayEmailValidator()]

    def __init__(self, *, max_length=254, **options):
        super().__init__(max_length=max_length, **options)

    def to_python(self, value):
        return one_line(super().to_python(value))


class SomeChoicesField(forms.MultipleChoiceField):
    """Each choice once, however often it was sent."""

    def to_python(self, value):
        return list(dict.fromkeys(super().to_python(value)))


class WordsField(forms.CharField):
    """Several lines in somebody's own words."""

    widget = forms.Textarea
    default_error_messages = {
        "links": _("Bitte nennen Sie höchstens zwei Links."),
        "tags": _("Bitte schreiben Sie nur Text, ohne HTML-Befehle wie <b>."),
    }

    def __init__(self, *, max_length=4000, **options):
        super().__init__(max_length=max_length, **options)

    def widget_attrs(self, widget):
        """Without maxlength: browsers would cut off what is pasted, without a word."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value):
        value = without_control_characters(super().to_python(value))
        value = "\n".join(line.rstrip() for line in value.split("\n")).strip()
        value = re.sub(rf"\n{{{MOST_BLANK_LINES + 2},}}", "\n" * (MOST_BLANK_LINES + 1), value)
        return normalized(value, self.max_length)

    def validate(self, value):
        super().validate(value)
        if len(LINK.findall(value)) > MOST_LINKS:
            raise ValidationError(self.error_messages["links"], code="links")
        if HTML_TAG.search(value):
            raise ValidationError(self.error_messages["tags"], code="tags")


# --- Where a request comes from --------------------------------------------------------------------


# With the port that some proxies add.
ADDRESS = re.compile(r"\[([^\[\]]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+")
# Of our own machines, containers and proxies.
INTERNAL = [
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
]


def address_of(request):
    """Of the visitor as far as it can be known: the last entries of X-Forwarded-For are those of our own proxies.

    Empty if it is that of a proxy: whatever one person did would be charged to everybody.
    """
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXY_COUNT <= len(entries) and (forwarded := parsed(entries[-settings.PROXY_COUNT])):
        return neighbourhood(forwarded)
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    if address is None or (settings.PROXY_COUNT > 0 and any(address in network for network in INTERNAL)):
        warn_that_nobody_is_limited()
        return ""
    return neighbourhood(address)


def parsed(text):
    """None for what is no address."""
    text = text.strip()
    if match := ADDRESS.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def neighbourhood(address):
    """An IPv4 address, or the /64 that one household gets of IPv6."""
    if address.version == 4:
        return str(address)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False).network_address)


@cache  # once in a process
def warn_that_nobody_is_limited():
    logger.warning(
        "Visitors cannot be told apart, so that nobody is limited: check PROXY_COUNT, and whether the proxies in front "
        "set X-Forwarded-For."
    )


def address_digest(request, instant):
    """Stands for the address, which is nowhere stored. Tomorrow it is another one: nobody is followed.

    Empty if the address is not known.
    """
    address, day = address_of(request), timezone.localdate(instant)
    return address and salted_hmac("inquiries.address", f"{day} {address}", algorithm="sha256").hexdigest()


def is_from_elsewhere(request):
    """Another website made the browser send this. Old browsers say nothing, and are believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    own = f"{request.scheme}://{request.get_host()}"
    return origin not in ("", "null", own, *settings.CSRF_TRUSTED_ORIGINS)


# --- How much comes from there ---------------------------------------------------------------------


def hour_of(instant):
    return instant.replace(minute=0, second=0, microsecond=0)


def is_limited(digest, instant):
    if not digest:
        return False
    counts = SubmissionCount.objects.filter(address_digest=digest, hour=hour_of(instant))
    return counts.filter(count__gte=SUBMISSIONS_PER_HOUR).exists()


def count_submission(digest, instant):
    """The database adds, so that no count is lost when several come at once."""
    if digest:
        row = {"address_digest": digest, "hour": hour_of(instant)}
        SubmissionCount.objects.get_or_create(**row)
        SubmissionCount.objects.filter(**row).update(count=F("count") + 1)
    # Also where no timer does it.
    delete_old_counts(instant - COUNTS_KEPT)


def delete_old_counts(instant):
    """Only the running hour counts. Returns how many went; one statement."""
    return SubmissionCount.objects.filter(hour__lt=hour_of(instant)).delete()[0]
