"""The library of a city: its pictures, where each is used, and another file in the place of one."""

from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from contacts.city_admin import CityScopedAdmin
from contacts.models.city import PUBLISHERS, WRITERS
from contacts.rights import has_role

from ..forms import ImageForm
from ..models import Image, Page, PageRevision, PageTranslation
from ..widgets import LOOK
from .texts import page_url, text_url

PUBLIC, PLANNED, DRAFT, FORMER = "öffentlich", "geplant", "Entwurf", "frühere Fassung"


@dataclass
class Use:
    """A page on which a picture is, was or will be."""

    page: Page
    states: list = field(default_factory=list)

    @property
    def title(self):
        return self.page.german_title()

    @property
    def url(self):
        return page_url(self.page)

    @property
    def is_needed(self):
        return self.states != [FORMER]

    @property
    def descriptions(self):
        """Each text that says what is on the picture, with its address."""
        texts = sorted(self.page.translations.all(), key=lambda text: not text.is_source)
        return [(text, text_url(text)) for text in texts if text.picture_alternative]


def not_over(now):
    return Q(visible_until__isnull=True) | Q(visible_until__gt=now)


def uses_of(image):
    """In the order in which the pages matter: what is public first. Four queries at most."""
    now = timezone.now()
    revisions = image.pagerevision_set.values_list("translation__page", "visible_from", "visible_until")
    states = {}
    for page, starts, ends in revisions:
        state = PLANNED if starts > now else FORMER if ends and ends <= now else PUBLIC
        states.setdefault(page, set()).add(state)
    for page in image.pagetranslation_set.values_list("page", flat=True):
        states.setdefault(page, set()).add(DRAFT)
    pages = Page.objects.filter(pk__in=states).select_related("city").prefetch_related("translations__page")
    order = (PUBLIC, PLANNED, DRAFT, FORMER)
    uses = [Use(page, sorted(states[page.pk], key=order.index)) for page in pages]
    return sorted(uses, key=lambda use: order.index(use.states[0]))


@admin.register(Image)
class ImageAdmin(CityScopedAdmin):
    form = ImageForm
    change_form_template = "admin/pages/image_change_form.html"
    change_roles = WRITERS
    list_display = ["title"]
    search_fields = ["title", "credit"]
    fieldsets = [
        (None, {"fields": ["title", "file", "credit"]}),
        ("Menschen auf dem Bild", {"fields": ["shows_people", "has_consent", "consent_note"]}),
        ("Ausschnitt", {"fields": ["focal_point"]}),
    ]

    class Media:
        css = LOOK

    def get_queryset(self, request):
        now = timezone.now()
        drafts = PageTranslation.objects.filter(picture=OuterRef("pk"))
        revisions = PageRevision.objects.filter(not_over(now), picture=OuterRef("pk"))
        images = super().get_queryset(request)
        return images.annotate(is_public=Exists(revisions), is_used=Exists(drafts) | Exists(revisions))

    def get_fieldsets(self, request, obj=None):
        if obj is None or not self.has_change_permission(request, obj):
            return self.fieldsets
        replacing = ("Anderes Bild an dieselbe Stelle", {"fields": ["file", "forget_former"]})
        return [(None, {"fields": ["title", "credit"]}), *self.fieldsets[1:], replacing]

    def has_change_permission(self, request, obj=None):
        """What visitors see is changed by those who publish."""
        may_write = super().has_change_permission(request, obj)
        is_public = getattr(obj, "is_public", False)  # one that has just been added is on no page
        return may_write and (not is_public or has_role(request.user, PUBLISHERS, obj.city_id))

    has_delete_permission = has_change_permission

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= {"uses": uses_of(obj), "former_files": list(obj.former_files.all())}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, image, form, change):
        super().save_model(request, image, form, change)
        if form.cleaned_data.get("forget_former"):
            image.forget_former_files()
        if change and "file" in form.changed_data:
            self.ask_for_descriptions(request, image)

    def ask_for_descriptions(self, request, image):
        described = [pair for use in uses_of(image) if use.is_needed for pair in use.descriptions]
        places = format_html_join(
            ", ", '<a href="{}">{} ({})</a>', [(url, text, text.info.german_name) for text, url in described]
        )
        if described:
            messages.warning(
                request, format_html("Das neue Bild steht jetzt überall. Passt die Beschreibung noch? {}", places)
            )

    def get_deleted_objects(self, images, request):
        """What stands in the way of deleting is told by page; the rest goes with the picture."""
        needed = [
            format_html('<a href="{}">{}</a> ({})', use.url, use.title, ", ".join(use.states))
            for image in images
            for use in uses_of(image)
            if use.is_needed
        ]
        return [str(image) for image in images], {}, set(), needed
