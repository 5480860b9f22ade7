"""Copying pages of other cities, and following the state-wide texts among them."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from contacts.city_admin import CityScopedAdmin
from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City
from contacts.models.city import WRITERS
from contacts.rights import has_role
from pages.admin.texts import page_url
from pages.differences import compare_bodies, compare_plain
from pages.internal_links import rewrite
from pages.models import Page, PageTranslation

from . import copying
from .models import Adoption, Changed, changed_fields, own_links, take


@admin.register(Adoption)
class AdoptionAdmin(CityScopedAdmin):
    """Adding is copying; opening one shows what is new at its source."""

    change_roles = WRITERS
    list_display = ["title", "news_shown"]
    search_fields = ["page__slug", "page__translations__title"]

    def city_id_of(self, obj):
        """Of an adoption, or of the page that is written down in its place."""
        return obj.page.city_id if isinstance(obj, Adoption) else obj.city_id

    def get_queryset(self, request):
        return super().get_queryset(request).with_versions().prefetch_related("page__translations")

    def has_delete_permission(self, request, obj=None):
        """Who does not want to follow a text says so in words."""
        return False

    @admin.display(description="Seite")
    def title(self, adoption):
        return adoption.page.german_title()

    @admin.display(description="Stand")
    def news_shown(self, adoption):
        if adoption.is_withdrawn:
            return "Den landesweiten Text gibt es nicht mehr. Ihre Seite bleibt."
        languages = ", ".join(revision.language.german_name for revision, _known in adoption.news)
        return f"Neue Fassung: {languages}" if languages else "Sie kennen die neueste Fassung."

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return self.copy_view(request) if object_id is None else self.news_view(request, object_id)

    def page(self, request, template, title, **context):
        context |= self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, template, context)

    # --- Copying ---------------------------------------------------------------------------------

    def copy_view(self, request):
        """Which city's pages, and which of them; then they are drafts of the own city."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        city_id = self.city_id_for_adding(request)
        if city_id is None:
            return self.choose_city(request)
        city = City.objects.get(pk=city_id)
        named = request.GET.get("source", "")
        if not named:
            sources = copying.sources(city)
            return self.page(
                request, "admin/adoption/sources.html", f"Seiten übernehmen: {city.name}", city=city, sources=sources
            )
        source = get_object_or_404(copying.sources(city), pk=named if named.isdecimal() else 0)
        pages = copying.pages_to_copy(source)
        if request.method == "POST":
            return self.copy(request, pages, city, source)
        return self.page(
            request,
            "admin/adoption/copy.html",
            f"Seiten von {source.name} übernehmen",
            city=city,
            source=source,
            rows=rows(pages, city),
        )

    def copy(self, request, pages, city, source):
        chosen = [page for page in pages if str(page.pk) in request.POST.getlist("page")]
        if not chosen:
            messages.warning(request, "Wählen Sie mindestens eine Seite aus.")
            return redirect(request.get_full_path())
        copies = self.make_copies(request, chosen, city)
        number = "Eine Seite ist" if len(copies) == 1 else f"{len(copies)} Seiten sind"
        messages.success(
            request, f"{number} jetzt Entwurf in {city.name}. Noch ist nichts öffentlich. Passen Sie die Texte an."
        )
        if named := [page.german_title() for page in copies if mentions(page, source)]:
            messages.warning(request, f"„{source.name}“ steht noch in diesen Texten: {', '.join(named)}.")
        return redirect(page_url(copies[0]) if len(copies) == 1 else reverse("admin:pages_page_changelist"))

    @transaction.atomic
    def make_copies(self, request, chosen, city):
        copies = copying.copy_pages(chosen, city, request.user)
        for page in copies:
            self.log_addition(request, page, "Von einer anderen Stadt übernommen")
        return copies

    # --- Following -------------------------------------------------------------------------------

    def news_view(self, request, object_id):
        adoption = self.get_object(request, object_id)
        if adoption is None:
            raise Http404
        if request.method == "POST":
            if not has_role(request.user, WRITERS, adoption.page.city_id):
                raise PermissionDenied
            return self.decide(request, adoption)
        links = own_links(adoption)
        return self.page(
            request,
            "admin/adoption/news.html",
            f"Landesweiter Text: {adoption.page.german_title()}",
            adoption=adoption,
            page_url=page_url(adoption.page),
            may_change=has_role(request.user, WRITERS, adoption.page.city_id),
            versions=[Version(adoption, revision, known, links) for revision, known in adoption.news],
        )

    def decide(self, request, adoption):
        if "_unfollow" in request.POST:
            self.unfollow(request, adoption)
            messages.success(
                request, "Die Seite gehört jetzt nur Ihnen. Änderungen am landesweiten Text sehen Sie nicht mehr."
            )
            return redirect("admin:adoption_adoption_changelist")
        offered = {str(revision.pk): (revision, known) for revision, known in adoption.news}
        revision, known = offered.get(request.POST.get("revision"), (None, None))
        version = request.POST.get("version", "")
        if revision is None or not version.isdecimal():
            messages.warning(
                request, "Der landesweite Text hat sich gerade geändert. Bitte vergleichen Sie noch einmal."
            )
            return redirect(request.path)
        named = request.POST.getlist("field") if "_take" in request.POST else []
        fields = [name for name in changed_fields(known and known.revision, revision) if name in named]
        try:
            self.take(request, adoption, revision, fields, int(version))
        except (Changed, IntegrityError):  # or two first drafts at the same moment
            messages.warning(request, "Ihr Entwurf wurde gerade geändert. Bitte vergleichen Sie noch einmal.")
            return redirect(request.path)
        language = revision.language.german_name
        if fields:
            messages.success(request, f"{language}: Die neue Fassung steht im Entwurf. Öffentlich ist sie noch nicht.")
        else:
            messages.success(request, f"{language}: Ihr Text bleibt, wie er ist.")
        return redirect(request.path)

    @transaction.atomic
    def unfollow(self, request, adoption):
        self.log_change(request, adoption.page, "Folgt dem landesweiten Text nicht mehr")
        adoption.delete()

    @transaction.atomic
    def take(self, request, adoption, revision, fields, seen_version):
        take(adoption, revision, fields, seen_version, request.user)
        decision = "Neue Fassung übernommen" if fields else "Eigenen Text behalten"
        self.log_change(request, adoption.page, f"{revision.language.german_name}: {decision}")


def rows(pages, city):
    """(page, German revision, languages, whether the city has one like it, whether it can be taken)."""
    own = Page.objects.for_city(city)
    slugs, kinds = set(own.values_list("slug", flat=True)), set(own.values_list("kind", flat=True))
    return [
        {
            "page": page,
            "german": page.live_texts[SOURCE_LANGUAGE],
            "languages": [revision.language for revision in page.live_texts.values()],
            "is_there": page.slug in slugs or page.kind in kinds.intersection(Page.ONCE_PER_CITY),
            "is_only_once": page.kind in kinds.intersection(Page.ONCE_PER_CITY),
        }
        for page in pages
    ]


def mentions(page, source):
    """Whether the name of the city that the page comes from is still in one of its texts."""
    return any(source.name in words for text in page.translations.all() for words in text.texts().values())


class Version:
    """A newer version of a state-wide text beside what the city knows of it and what it made of that."""

    def __init__(self, adoption, newer, known, links):
        self.links = links
        self.newer = newer
        self.known = known.revision if known else None
        texts = adoption.page.translations.all()
        self.own = next((text for text in texts if text.language == newer.translation.language), None)

    @property
    def own_version(self):
        return self.own.version if self.own else 0

    @property
    def changes(self):
        """Of each text that says something else: the former and the new words, and the city's own."""
        return [Change(self, name) for name in changed_fields(self.known, self.newer)]


class Change:
    def __init__(self, version, name):
        self.name = name
        self.label = PageTranslation._meta.get_field(name).verbose_name
        self.former = getattr(version.known, name) if version.known else ""
        self.newer = getattr(version.newer, name)
        self.own = getattr(version.own, name) if version.own else ""
        compare = compare_bodies if name == "body" else compare_plain
        self.changes = compare(self.former, self.newer)
        self.links = version.links

    @property
    def is_adapted(self):
        texts = self.former, self.newer
        return self.own not in ([rewrite(text, self.links) for text in texts] if self.name == "body" else texts)
