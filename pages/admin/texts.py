"""What the forms and lists of pages and of translations share: addresses, states, publishing, buttons."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from js_asset import Media

from contacts.city_admin import CityScopedAdmin
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models.city import PUBLISHERS, WRITERS
from contacts.rights import has_role, translates_into

from ..models import Page, PageRevision, PageTranslation, State


def moment(instant):
    return date_format(timezone.localtime(instant), "j. F Y, H:i") + " Uhr"


# Beside the word for a state, so that it is seen at a glance and not by its colour alone.
MARKS = {
    State.MISSING: "–",
    State.DRAFT: "✎",
    State.PLANNED: "◷",
    State.PUBLIC: "✓",
    State.CHANGED: "✎",
    State.OUTDATED: "!",
    State.OWN: "✓",
    State.WITHDRAWN: "×",
}

# In the address of a translation's form: it is written in one piece, not beside its source block by block.
IN_ONE_PIECE = "ganz"

# Where pages of a kind with a table of its own are edited.
ADMIN_OF_KIND = {
    Page.Kind.FOCUS_AREA: "pages_focusarea",
    Page.Kind.OFFER: "offers_offer",
    Page.Kind.CALL: "offers_call",
    Page.Kind.EVENT: "events_event",
    Page.Kind.NEWS: "events_news",
}


def page_url(page, action="change"):
    return reverse(f"admin:{ADMIN_OF_KIND.get(page.kind, 'pages_page')}_{action}", args=[page.pk])


def text_url(translation, action="change", *args):
    """Where staff work on a text; German is edited in the form of its page."""
    if action == "change" and translation.is_source:
        return page_url(translation.page)
    return reverse(f"admin:pages_pagetranslation_{action}", args=[translation.pk, *args])


def german_is_public(page):
    return PageRevision.objects.live().filter(translation__page=page, translation__language=SOURCE_LANGUAGE).exists()


def publish(request, translation, at=None, until=None, small_correction=False):
    """Publishes and says what happened; a text with gaps stays a draft and staff learn what is missing."""
    if not has_role(request.user, PUBLISHERS, translation.page.city_id):
        raise PermissionDenied
    planned = translation.revisions.filter(visible_from__gt=timezone.now()).first()
    try:
        revision = translation.publish(request.user, at=at, until=until, small_correction=small_correction)
    except ValidationError as error:
        messages.warning(request, "Der Entwurf ist gespeichert, aber nicht öffentlich. " + " ".join(error.messages))
        return
    language = translation.info.german_name
    if revision.visible_from > timezone.now():
        messages.success(
            request, f"{language}: Dieser Text wird am {moment(revision.visible_from)} von selbst öffentlich."
        )
    else:
        messages.success(request, f"{language}: Dieser Text ist jetzt öffentlich.")
    if not translation.is_source and not german_is_public(translation.page):
        messages.warning(request, "Zu sehen ist der Text erst, wenn auch der deutsche Text öffentlich ist.")
    if not translation.page.city.is_public:
        messages.warning(request, "Zu sehen ist der Text erst, wenn die Website der Stadt öffentlich ist.")
    if planned:
        messages.info(
            request, f"Die Fassung, die für den {moment(planned.visible_from)} geplant war, ist damit verworfen."
        )
    if revision.visible_until:
        messages.info(request, f"Der Text bleibt bis {moment(revision.visible_until)} öffentlich.")


class LanguageState:
    """One language of a page in lists and at the head of its form: state, and where to work on it."""

    def __init__(self, page, tag, translation, source_live):
        self.language = LANGUAGES[tag]
        self.translation = translation
        self.state = translation.state(source_live) if translation else State.MISSING
        self.draft_is_newer = bool(translation) and translation.draft_is_newer()
        self.is_compared = bool(source_live) and tag != SOURCE_LANGUAGE
        self.url = (
            text_url(translation)
            if translation
            else reverse("admin:pages_pagetranslation_add") + f"?page={page.pk}&language={tag}"
        )

    @property
    def label(self):
        if self.state == State.OUTDATED and self.draft_is_newer:
            return "veraltet, Entwurf ist neuer"
        if self.state == State.PUBLIC and self.is_compared:
            return "aktuell"
        return self.state.label

    @property
    def mark(self):
        return MARKS[self.state]

    @property
    def needs_work(self):
        return self.draft_is_newer or self.state in (State.MISSING, State.DRAFT, State.OUTDATED)


def language_states(page):
    """States in the city's languages. The page's translations must be prefetched `with_state`."""
    by_tag = {translation.language: translation for translation in page.translations.all()}
    source = by_tag.get(SOURCE_LANGUAGE)
    source_live = source.live_revision() if source else None
    tags = [city_language.language for city_language in page.city.languages.all()]
    # A text in a language that the city has switched off is still there to be worked on.
    tags += sorted(by_tag.keys() - set(tags))
    return [LanguageState(page, tag, by_tag.get(tag), source_live) for tag in tags]


def shown_states(page, states, user):
    """For the template: the languages there are, and the missing ones, with a link for those who may write them."""
    missing = [state for state in states if state.state == State.MISSING]
    for state in missing:
        state.may_write = translates_into(user, state.language.tag, page.city_id)
    return {"states": [state for state in states if state.state != State.MISSING], "missing": missing}


def pages_with_states(queryset):
    return queryset.select_related("city").prefetch_related(
        Prefetch("translations", PageTranslation.objects.with_state()), "city__languages"
    )


class TextAdmin(CityScopedAdmin):
    """What a page's form and a translation's form share: the buttons under the text.

    Each says which text its object is about (`translation_of`) and which form holds the words (`text_form_in`).
    """

    change_form_template = "admin/pages/text_change_form.html"

    def response_add(self, request, obj, post_url_continue=None):
        return self.after_saving(request, self.translation_of(obj))

    def response_change(self, request, obj):
        return self.after_saving(request, self.translation_of(obj))

    def after_saving(self, request, translation):
        if "_publish" in request.POST:
            dates = request.text_form.cleaned_data
            publish(
                request,
                translation,
                at=dates.get("publish_at"),
                until=dates.get("publish_until"),
                small_correction=dates.get("small_correction", False),
            )
        elif getattr(request, "place_changed", False):
            messages.success(
                request, "Gespeichert. Platz, Kontakte und Förderung der Seite gelten sofort, der Text bleibt Entwurf."
            )
        elif "_preview" not in request.POST:
            messages.success(request, "Der Entwurf ist gespeichert. Für Besucher*innen hat sich nichts geändert.")
        if "_preview" in request.POST:
            return redirect(text_url(translation, "preview"))
        return redirect(text_url(translation) + (f"?{IN_ONE_PIECE}=1" if IN_ONE_PIECE in request.GET else ""))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        # The editor's import map is the only inline script of the whole site.
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        context["may_publish"] = has_role(request.user, PUBLISHERS, request.city_id)
        context["may_invite"] = has_role(request.user, WRITERS, request.city_id)
        form = context["text_form"] = self.text_form_in(context)
        if form and "publish_at" in form.fields:
            context["publish_fields"] = [form["publish_at"], form["publish_until"]]
        if form and "small_correction" in form.fields:
            context["small_correction_field"] = form["small_correction"]
        if obj:
            page = pages_with_states(Page.objects).get(pk=self.translation_of(obj).page_id)
            states = language_states(page)
            tag = self.translation_of(obj).language
            context["title"], context["subtitle"] = page.german_title(), None
            context |= shown_states(page, states, request.user)
            context["current"] = next((state for state in states if state.language.tag == tag), None)
            context["text"] = context["current"].translation if context["current"] else None
            context["city_id"] = page.city_id
            context["unpublish_url"] = page_url(page, "unpublish")
            context["delete_url"] = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_delete", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)
