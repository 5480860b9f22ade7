from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from contacts.city_admin import CityFilter, CityScopedAdmin
from contacts.rights import PUBLISHERS, has_role
from pages.admin.addresses import text_url

from .models import Answer, DeadLink, ExternalLink
from .replacing import replace
from .usage import add_usages


class StateFilter(admin.SimpleListFilter):
    """What needs somebody is shown at once, the rest on demand."""

    title = "Stand"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            (Answer.GONE, "gibt es nicht mehr"),
            (Answer.MOVED, "umgezogen"),
            (Answer.REFUSED, "bitte selbst ansehen"),
            ("new", "seit ein, zwei Tagen"),
            ("vouched", "„Der Link geht“"),
            ("all", "alle"),
        ]

    def choices(self, changelist):
        chosen = self.value()
        for value, label in [(None, "zu tun"), *self.lookup_choices]:
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": chosen == value, "query_string": query, "display": label}

    def queryset(self, request, links):
        state = self.value()
        if state == "all":
            return links
        if state == "new":
            return links.filter(failures__gt=0, failures__lt=ExternalLink.DAYS_UNTIL_BROKEN)
        if state == "vouched":
            return links.exclude(vouched_answer="")
        return links.broken().filter(answer=state) if state in Answer else links.broken()


class ReadOnlyAdmin(CityScopedAdmin):
    """A list that the site writes by itself."""

    list_display_links = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ExternalLink)
class ExternalLinkAdmin(ReadOnlyAdmin):
    list_display = ["address", "used_in", "state", "what_to_do"]
    list_filter = [CityFilter, StateFilter]
    search_fields = ["url"]
    fields = ["url", "answer", "detail", "moved_to", "failing_since", "failures", "checked_on", "vouched_by"]

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        add_usages(changelist.result_list)
        for link in changelist.result_list:
            link.may_edit = has_role(request.user, PUBLISHERS, link.city_id)
        return changelist

    @admin.display(description="Link", ordering="url")
    def address(self, link):
        return format_html('<a class="long-address" href="{0}" rel="noreferrer">{0}</a>', link.url)

    @admin.display(description="Steht auf")
    def used_in(self, link):
        return render_to_string("admin/links/_usages.html", {"link": link})

    @admin.display(description="Antwort", ordering="answer")
    def state(self, link):
        return render_to_string("admin/links/_state.html", {"link": link})

    @admin.display(description="Nächster Schritt")
    def what_to_do(self, link):
        return render_to_string("admin/links/_steps.html", {"link": link})

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/geht/", view(self.vouch_view), name="links_externallink_vouch"),
            path("<int:object_id>/ersetzen/", view(self.replace_view), name="links_externallink_replace"),
            *super().get_urls(),
        ]

    def link_to_change(self, request, object_id):
        link = self.get_object(request, str(object_id))
        if link is None:
            raise Http404
        if not has_role(request.user, PUBLISHERS, link.city_id):
            raise PermissionDenied
        return link

    @method_decorator(require_POST)
    def vouch_view(self, request, object_id):
        link = self.link_to_change(request, object_id)
        link.vouch(request.user)
        messages.success(request, f"Gemerkt: {link.url} geht. Wir melden uns erst, wenn die Antwort eine andere ist.")
        return redirect("admin:links_externallink_changelist")

    @method_decorator(require_POST)
    def replace_view(self, request, object_id):
        link = self.link_to_change(request, object_id)
        if not link.moved_to:
            messages.info(request, "Für diesen Link ist keine neue Adresse bekannt.")
            return redirect("admin:links_externallink_changelist")
        texts = replace(link, request.user)
        if texts:
            places = ", ".join(f"„{text}“ ({text.info.german_name})" for text in texts)
            messages.success(
                request,
                f"Die neue Adresse steht in den Entwürfen. Bitte veröffentlichen Sie noch diese Texte: {places}.",
            )
        else:
            messages.info(request, "In den Entwürfen steht dieser Link nicht. Es hat sich nichts geändert.")
        return redirect("admin:links_externallink_changelist")


@admin.register(DeadLink)
class DeadLinkAdmin(ReadOnlyAdmin):
    list_display = ["text", "written", "reason"]
    search_fields = ["address"]

    def city_id_of(self, link):
        return link.translation.page.city_id

    def get_queryset(self, request):
        dead = super().get_queryset(request).dead(timezone.now())
        return dead.select_related("translation__page__city", "page").defer("translation__body")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """There is nothing to say of such a link but in its text."""
        if object_id is None:
            raise PermissionDenied
        link = self.get_object(request, object_id)
        if link is None:
            raise Http404
        return redirect(text_url(link.translation))

    @admin.display(description="Steht auf", ordering="translation__title")
    def text(self, link):
        text = link.translation
        place = "öffentlich" if link.revision_id else "Entwurf"
        return format_html(
            '<a href="{}" lang="{}" dir="{}">{}</a> <span class="quiet">({}, {})</span>',
            text_url(text),
            text.language,
            text.info.dir,
            text,
            text.info.german_name,
            place,
        )

    @admin.display(description="Link", ordering="address")
    def written(self, link):
        return format_html('<span class="long-address">{}</span>', link.page or link.address)

    @admin.display(description="Warum")
    def reason(self, link):
        if link.kind == DeadLink.Kind.LOST:
            return "Unter dieser Adresse gibt es keine Seite."
        return "Die Seite ist nicht öffentlich." if link.page_id else "Diese Seite gibt es nicht mehr."
