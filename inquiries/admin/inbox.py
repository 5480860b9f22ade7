from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, transaction
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from audit.log import Action, record
from contacts.city_admin import CityFilter, CityScopedAdmin
from contacts.inquiry_kinds import InquiryKind
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from contacts.models.contact import phone_uri
from contacts.rights import MANAGERS, PUBLISHERS, has_role

from ..deletion import Terms, delete, with_unsent_replies
from ..export import as_csv
from ..letters import answer_mail
from ..models import DeletionRecord, Inquiry, OutgoingMail, State
from ..outbox import RedirectThenMail, error_in_german, outbox_state
from ..questions import answers_of
from .due import deletion_words, due_mark
from .filters import KIND_WORDS, DueFilter, KindFilter, ResponsibleFilter, StateFilter, with_stuck_answers
from .forms import InquiryForm, ReplyForm, person
from .replies import answer_template, interim_template, why_no_interim
from .summary import summary

Purpose = OutgoingMail.Purpose

# So long the same words of the same person count as one press of the button too many.
PRESSED_TWICE = timedelta(minutes=10)


class Step(NamedTuple):
    """A button under an inquiry, what it says it does, and the state it leads to."""

    name: str
    label: str
    meaning: str
    state: State


TAKE = Step("_take", "Ich kümmere mich darum", "Sie werden zuständig, der Stand wird „in Arbeit“.", State.IN_WORK)
ANSWERED = Step("_answered", "Beantwortet", "Sie haben schon geantwortet, zum Beispiel am Telefon.", State.ANSWERED)
CLOSE = Step("_close", "Abschließen", "Hier ist nichts mehr zu tun, auch ohne Antwort.", State.CLOSED)
REOPEN = Step("_reopen", "Wieder aufnehmen", "Es gibt doch noch etwas zu tun.", State.IN_WORK)
STEPS = {step.name: step for step in (TAKE, ANSWERED, CLOSE, REOPEN)}


def steps_for(inquiry, user):
    if inquiry.state == State.CLOSED:
        return [REOPEN]
    if inquiry.state == State.ANSWERED:
        return [CLOSE, REOPEN]
    is_mine = inquiry.state == State.IN_WORK and inquiry.responsible_id == user.pk
    return [ANSWERED, CLOSE] if is_mine else [TAKE, ANSWERED, CLOSE]


def dialled(phone):
    """For a link; nothing for what is no number."""
    try:
        return phone_uri(phone) if phone else ""
    except ValidationError:
        return ""


def own_path(address):
    """For a link; nothing for what a stranger wrote to lead staff elsewhere."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, None) else ""


def fate(mail):
    """What became of a mail, for staff: (level, words)."""
    if mail.sent_at:
        return "done", f"verschickt am {timezone.localtime(mail.sent_at):%d.%m.%Y um %H:%M} Uhr"
    if mail.refused_at:
        return "failed", f"abgelehnt. {error_in_german(mail.last_error)}"
    return "waiting", " ".join(filter(None, ["wartet.", error_in_german(mail.last_error)]))


def outboxes_for(inquiry):
    """Like InquiryAdmin.outboxes, if mail to this sender would not go out. What else was refused is no matter here."""
    if not inquiry.email:
        return []
    state = outbox_state(inquiry.city)
    return [(inquiry.city, state._replace(refused=0))] if not state.is_set_up or state.failing_since else []


def say_it_is_stored(request, inquiry):
    stored = f"Ihre E-Mail zu {inquiry.number} ist gespeichert"
    if settings.MAIL_IS_SET_UP:
        messages.success(request, f"{stored} und wird jetzt verschickt. Unten steht, ob es geklappt hat.")
    else:
        messages.warning(
            request, f"{stored}, aber sie wartet: Für diese Website ist noch kein Mailserver eingerichtet."
        )


def is_stored_already(mail, now):
    """Whether the same person wrote the same to the sender a moment ago, and it was not refused since."""
    written = mail.inquiry.mails.filter(
        purpose=mail.purpose, created_by=mail.created_by, created_at__gt=now - PRESSED_TWICE
    )
    newest = written.order_by("-pk").first()
    return newest is not None and newest.body == mail.body and newest.refused_at is None


@admin.register(Inquiry)
class InquiryAdmin(CityScopedAdmin):
    """The inbox: what people sent to a city, for those who answer in its name."""

    form = InquiryForm
    view_roles = change_roles = PUBLISHERS
    list_display = [
        "number",
        "about",
        "kind_shown",
        "received",
        "language_shown",
        "state_shown",
        "responsible_shown",
        "due",
    ]
    list_display_links = ["number", "about"]
    list_filter = [StateFilter, DueFilter, KindFilter, ResponsibleFilter, CityFilter]
    list_select_related = ["city", "responsible"]
    search_fields = ["number", "name", "message"]
    # What is open comes first, the oldest due first; then what was settled last.
    ordering = [F("settled_at").desc(nulls_first=True), "due_on", "pk"]
    fields = ["responsible", "due_on", "note", "seen"]

    def name_for_trail(self, inquiry):
        """Not its number: that is on the receipt of somebody."""
        return inquiry.get_kind_display()

    def get_queryset(self, request):
        return with_stuck_answers(with_unsent_replies(super().get_queryset(request)), timezone.now())

    def has_add_permission(self, request):
        """Nobody but the senders writes inquiries."""
        return False

    def has_delete_permission(self, request, obj=None):
        return self._allowed(request, MANAGERS, obj)

    # --- The list ---

    @admin.display(description="Worum")
    def about(self, inquiry):
        return summary(inquiry)

    @admin.display(description="Art", ordering="kind")
    def kind_shown(self, inquiry):
        return KIND_WORDS[inquiry.kind]

    @admin.display(description="Eingang", ordering="received_at")
    def received(self, inquiry):
        return f"{timezone.localtime(inquiry.received_at):%d.%m. %H:%M}"

    @admin.display(description="Sprache", ordering="language")
    def language_shown(self, inquiry):
        return inquiry.language_info.german_name

    @admin.display(description="Stand", ordering="state")
    def state_shown(self, inquiry):
        is_answered = inquiry.state == State.ANSWERED
        if is_answered and inquiry.reply_refused:
            return format_html('<span class="due due-late">{}</span>', "E-Mail kam nicht an")
        if is_answered and inquiry.answer_is_stuck:
            return format_html('<span class="due due-near">{}</span>', "Antwort noch nicht verschickt")
        state = inquiry.get_state_display()
        return format_html("<strong>{}</strong>", state) if inquiry.state == State.NEW else state

    @admin.display(description="Zuständig", ordering="responsible")
    def responsible_shown(self, inquiry):
        return person(inquiry.responsible) if inquiry.responsible else "niemand"

    @admin.display(description="Antwort bis", ordering="due_on")
    def due(self, inquiry):
        if inquiry.is_settled:
            end, held_by = inquiry.terms.ending(inquiry, inquiry.now)
            return format_html('<span class="quiet">{}</span>', deletion_words(timezone.localtime(end), held_by))
        return due_mark(inquiry.due_on, timezone.localdate(inquiry.now))

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        terms, now = Terms(), timezone.now()
        for inquiry in changelist.result_list:
            inquiry.terms, inquiry.now = terms, now
        return changelist

    def changelist_view(self, request, extra_context=None):
        context = {"outboxes": self.outboxes(request), "may_export": has_role(request.user, MANAGERS)}
        return super().changelist_view(request, context | (extra_context or {}))

    def outboxes(self, request):
        """(city, state) of every outbox of the user's that has something to tell; an operator sees one for all."""
        user = request.user
        cities = [None] if user.is_superuser else City.objects.editable_by(user, PUBLISHERS)
        states = [(city, outbox_state(city)) for city in cities]
        return [(city, state) for city, state in states if not state.is_set_up or state.failing_since or state.refused]

    # --- One inquiry ---

    def get_fields(self, request, obj=None):
        """Of what is settled nobody waits for an answer."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "due_on"] if obj and obj.is_settled else fields

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        mails = [(mail, *fate(mail)) for mail in obj.mails.select_related("created_by").order_by("pk")]
        context |= self.words_of(obj) | {
            "title": f"{KIND_WORDS[obj.kind]} {obj.number}",
            "subtitle": None,
            "steps": steps_for(obj, request.user),
            "main_step": None if obj.email or obj.is_settled else TAKE,
            "mails": mails,
            "answer_waits": any(mail.purpose == Purpose.ANSWER and level == "waiting" for mail, level, _words in mails),
            "reply_to_read_out": answer_template(obj, place="…"),
            "ombuds_office_url": settings.OMBUDS_OFFICE_URL,
            "stored": context["adminform"].form.stored,
            "stored_responsible": self.responsible_stored(context["adminform"].form.stored),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def responsible_stored(self, stored):
        return stored and self.responsible_shown(stored)

    def words_of(self, inquiry):
        """What was sent, in German but for the sender's own words, and until when an answer is to be there."""
        with translation.override(SOURCE_LANGUAGE):
            answers = [answer._replace(label=str(answer.label)) for answer in answers_of(inquiry)]
        is_barrier, today = inquiry.kind == InquiryKind.BARRIER, timezone.localdate()
        deleted_on, held_by = Terms().ending(inquiry, timezone.now()) if inquiry.is_settled else (None, "")
        return {
            "inquiry": inquiry,
            "outboxes": outboxes_for(inquiry),
            "kind_words": KIND_WORDS[inquiry.kind],
            "is_barrier": is_barrier,
            "may_write_interim": is_barrier and not why_no_interim(inquiry, today),
            "answers": answers,
            "phone_uri": dialled(inquiry.phone),
            "barrier_path": own_path(inquiry.answers.get("page_address", "")),
            "due": None if inquiry.is_settled else due_mark(inquiry.due_on, today),
            "deleted_on": deleted_on,
            "held_by": held_by,
        }

    def save_model(self, request, inquiry, form, change):
        request.step = next((step for name, step in STEPS.items() if name in request.POST), None)
        if request.step:
            inquiry.set_state(request.step.state, timezone.now())
        if request.step == TAKE:
            inquiry.responsible = request.user
        # Only these: what was deleted meanwhile must not come back.
        inquiry.save(update_fields=["responsible", "due_on", "note", "state", "settled_at"])

    def construct_change_message(self, request, form, formsets, add=False):
        """Names of fields, never what stands in them: histories are read by more people than inquiries."""
        message = super().construct_change_message(request, form, formsets, add)
        if request.step:
            message.append({"changed": {"fields": ["Stand"]}})
        return message

    def log_change(self, request, obj, message):
        return super().log_change(request, obj, message) if message else None

    def response_change(self, request, inquiry):
        if "_write" in request.POST:
            return redirect("admin:inquiries_inquiry_answer", inquiry.pk)
        now = f" {inquiry.number} ist jetzt {inquiry.get_state_display()}." if request.step else ""
        messages.success(request, f"Gespeichert.{now}")
        if inquiry.is_settled or "_save" in request.POST:
            return self.response_post_save_change(request, inquiry)
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)

    # --- Writing to the sender ---

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(function)

        return [
            path("export/", view(require_GET(self.export_view)), name="inquiries_inquiry_export"),
            path("<int:object_id>/antwort/", view(self.answer_view), name="inquiries_inquiry_answer"),
            path("<int:object_id>/zwischennachricht/", view(self.interim_view), name="inquiries_inquiry_interim"),
            *super().get_urls(),
        ]

    def answer_view(self, request, object_id):
        inquiry = self.inquiry_to_write_to(request, object_id)
        return self.write_view(request, inquiry, Purpose.ANSWER, answer_template(inquiry))

    def interim_view(self, request, object_id):
        """A report of a barrier that cannot be answered within two weeks: the law asks for a word until then."""
        inquiry = self.inquiry_to_write_to(request, object_id)
        if inquiry.kind != InquiryKind.BARRIER:
            raise Http404
        reason = why_no_interim(inquiry, timezone.localdate())
        if reason and request.method != "POST":
            messages.warning(request, reason)
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        return self.write_view(request, inquiry, Purpose.INTERIM, interim_template(inquiry))

    def inquiry_to_write_to(self, request, object_id):
        inquiry = self.get_object(request, str(object_id))
        if inquiry is None or not inquiry.email:
            raise Http404
        return inquiry

    def write_view(self, request, inquiry, purpose, template):
        form = ReplyForm(request.POST or None, inquiry=inquiry, purpose=purpose, initial={"text": template})
        if request.method == "POST" and self.send(request, inquiry, form, purpose):
            say_it_is_stored(request, inquiry)
            return RedirectThenMail(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]))
        context = self.admin_site.each_context(request) | self.words_of(inquiry)
        context |= {
            "opts": self.opts,
            "title": f"{purpose.label} zu {inquiry.number}",
            "form": form,
            "purpose": purpose,
            "reads": "" if inquiry.language == SOURCE_LANGUAGE else inquiry.language_info.german_name,
            "appended": answer_mail(inquiry, "", purpose, None).body.strip(),
            "mails": [(mail, *fate(mail)) for mail in inquiry.mails.exclude(purpose=Purpose.NOTICE).order_by("pk")],
        }
        return TemplateResponse(request, "admin/inquiries/write.html", context)

    @transaction.atomic
    def send(self, request, inquiry, form, purpose):
        """Stores the mail together with what it means for the inquiry; False if the form has faults."""
        # In this order: checking the form waits for a press of the button that is still being stored.
        is_valid = form.is_valid()
        text, now = form.cleaned_data.get("text"), timezone.now()
        mail = answer_mail(inquiry, text, purpose, request.user) if text else None
        if mail and is_stored_already(mail, now):
            return True
        if not is_valid:
            return False
        mail.save()
        self.note_mail(request, inquiry, purpose, now)
        return True

    def note_mail(self, request, inquiry, purpose, now):
        if purpose == Purpose.ANSWER:
            inquiry.set_state(State.ANSWERED, now)
            # Also of one that was answered before: every answer begins the term anew.
            inquiry.settled_at = now
        else:
            inquiry.due_on = inquiry.latest_on
            inquiry.set_state(State.IN_WORK, now)
        inquiry.responsible = inquiry.responsible or request.user
        inquiry.save(update_fields=["state", "settled_at", "due_on", "responsible"])
        self.log_change(request, inquiry, [{"changed": {"fields": [purpose.label, "Stand"]}}])

    # --- Deleting and taking along ---

    def delete_model(self, request, inquiry):
        delete([inquiry], DeletionRecord.Reason.BY_HAND, timezone.now())

    def export_view(self, request):
        """What the list shows now, of one city."""
        city = self.city_to_export(request)
        if city is None:
            return self.choose_city_to_export(request)
        try:
            found = self.get_changelist_instance(request).get_queryset(request).for_city(city)
            inquiries = list(found.select_related("responsible"))
        except (IncorrectLookupParameters, OverflowError, DataError):
            # An address that somebody typed; the list itself does the same.
            return redirect("admin:inquiries_inquiry_changelist")
        self.note_export(request, city, len(inquiries))
        response = HttpResponse(as_csv(inquiries), content_type="text/csv; charset=utf-8; header=present")
        day = timezone.localdate()
        response["Content-Disposition"] = f'attachment; filename="{city.slug}-anfragen-{day:%Y-%m-%d}.csv"'
        return response

    def note_export(self, request, city, number):
        admin.ModelAdmin.log_change(self, request, city, f"Anfragen exportiert: {number}")
        record(Action.EXPORTED, city, city_id=city.pk, kind="inquiries.inquiry", detail=f"{number} Anfragen")

    def city_to_export(self, request):
        """The one named in the address or the only one; None if it has to be chosen."""
        cities = City.objects.editable_by(request.user, MANAGERS)
        if named := request.GET.get("city", ""):
            cities = cities.filter(pk=named) if named.isdecimal() and len(named) < 10 else cities.none()
        first_two = list(cities[:2])
        if not first_two:
            raise PermissionDenied
        return first_two[0] if len(first_two) == 1 else None

    def choose_city_to_export(self, request):
        query = request.GET.copy()
        query.pop("city", None)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "Anfragen exportieren: für welche Stadt oder welchen Kreis?",
            "cities": City.objects.editable_by(request.user, MANAGERS),
            "rest_of_query": query.urlencode(),
        }
        return TemplateResponse(request, "admin/inquiries/choose_city_to_export.html", context)
