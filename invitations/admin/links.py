"""Links for people without an account: made from a page or a text, shown again, revoked."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from contacts.city_admin import CityScopedAdmin
from contacts.languages import SOURCE_LANGUAGE
from contacts.rights import PUBLISHERS, WRITERS, has_role, translates_into
from contacts.templatetags.local_words import last_day
from inquiries.outbox import RedirectThenMail
from pages.admin.texts import text_url
from pages.models import Page, PageTranslation

from ..forms import InvitationForm
from ..letters import drop_waiting_mail, link_mail, link_of, title_of, words_for
from ..links import ADDRESSES
from ..models import Invitation, Verdict

Kind = Invitation.Kind
State = Invitation.State

# What is asked for from a page's or a text's form.
TITLES = {
    Kind.TRANSLATE: "Per Link übersetzen lassen",
    Kind.PREVIEW: "Vorschau per Link zeigen",
    Kind.APPROVE: "Freigabe erbitten",
}


def may_handle(user, invitation):
    """Writers make and show links of every kind, translators those that translate into their languages."""
    if invitation.kind == Kind.TRANSLATE:
        return translates_into(user, invitation.language, invitation.city_id)
    # Who may not say that something is still right shall not hold a link that says so in another name.
    return has_role(user, PUBLISHERS if invitation.kind == Kind.REVIEW else WRITERS, invitation.city_id)


class StateFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*State.choices, ("remark", "mit offener Anmerkung")]

    def queryset(self, request, queryset):
        if self.value() == "remark":
            return queryset.filter(pk__in=Verdict.objects.waiting().values("invitation"))
        is_over = Q(expires_at__lte=timezone.now())
        conditions = {
            State.OPEN: ~is_over & Q(revoked_at=None, last_used_at=None),
            State.USED: ~is_over & Q(revoked_at=None, last_used_at__isnull=False),
            State.EXPIRED: is_over & Q(revoked_at=None),
            State.REVOKED: Q(revoked_at__isnull=False),
        }
        return queryset.filter(conditions[self.value()]) if self.value() in conditions else queryset


@admin.register(Invitation)
class InvitationAdmin(CityScopedAdmin):
    list_display = ["name", "kind", "about", "language", "state_shown", "last_day", "step"]
    list_filter = [*CityScopedAdmin.list_filter, StateFilter, "kind"]
    search_fields = ["name"]
    list_select_related = ["city", "page", "contact"]

    def get_queryset(self, request):
        german = PageTranslation.objects.filter(language=SOURCE_LANGUAGE).only("page", "language", "title")
        invitations = admin.ModelAdmin.get_queryset(self, request).handled_by(request.user)
        return invitations.prefetch_related(Prefetch("page__translations", german))

    def has_view_permission(self, request, obj=None):
        return may_handle(request.user, obj) if obj else super().has_view_permission(request)

    def has_add_permission(self, request):
        return super().has_view_permission(request)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """What is over, with what came by it. Texts keep the names of who wrote them."""
        return obj is not None and not obj.is_open and has_role(request.user, WRITERS, obj.city_id)

    def get_model_perms(self, request):
        # A link is made where the page or the text is, not here.
        return super().get_model_perms(request) | {"add": False}

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"has_add_permission": False} | (extra_context or {}))

    @admin.display(description="Worum es geht")
    def about(self, invitation):
        return invitation.page.german_title() if invitation.page else invitation.contact

    @admin.display(description="Stand")
    def state_shown(self, invitation):
        return invitation.state.label

    @admin.display(description="Gilt bis", ordering="expires_at")
    def last_day(self, invitation):
        return last_day(invitation.expires_at)

    @admin.display(description="Schritte")
    def step(self, invitation):
        """A button of the form that stands around every list."""
        if not invitation.is_open:
            return ""
        return format_html(
            '<button type="submit" class="button" formaction="{}">Widerrufen'
            '<span class="visually-hidden">: {}</span></button>',
            reverse("admin:invitations_invitation_revoke", args=[invitation.pk]),
            invitation,
        )

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(function)

        return [
            path("<int:object_id>/widerrufen/", view(self.revoke_view), name="invitations_invitation_revoke"),
            path("<int:object_id>/erledigt/", view(self.settle_view), name="invitations_invitation_settle"),
            *super().get_urls(),
        ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return self.make_view(request) if object_id is None else self.show_view(request, object_id)

    # --- Making one ------------------------------------------------------------------------------------

    def make_view(self, request):
        invitation = self.asked_for(request)
        form = InvitationForm(request.POST or None, instance=invitation)
        if request.method == "POST" and form.is_valid():
            self.store(request, invitation)
            return RedirectThenMail(reverse("admin:invitations_invitation_change", args=[invitation.pk]))
        text = invitation.text()
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": TITLES[invitation.kind],
            "form": form,
            "invitation": invitation,
            "heading": invitation.page.german_title(),
            "back_url": text_url(text or invitation.page.translations.get(language=SOURCE_LANGUAGE)),
        }
        return TemplateResponse(request, "admin/invitations/make.html", context)

    def asked_for(self, request):
        """The link that the address asks for, not stored yet. 404 for what there is no link for."""
        query = request.GET
        pages = Page.objects.editable_by(request.user).select_related("city")
        page = get_object_or_404(pages, pk=query["page"] if query.get("page", "").isdecimal() else 0)
        language, kind = query.get("language", ""), query.get("kind", "")
        if kind not in TITLES or not self.is_there(page, language, kind):
            raise Http404
        invitation = Invitation(city=page.city, page=page, language=language, kind=kind, created_by=request.user)
        if not may_handle(request.user, invitation):
            raise PermissionDenied
        return invitation

    def is_there(self, page, language, kind):
        """A text to look at, or a language of the city to write in."""
        if kind == Kind.TRANSLATE:
            return language != SOURCE_LANGUAGE and page.city.languages.filter(language=language).exists()
        return page.translations.filter(language=language).exists()

    @transaction.atomic
    def store(self, request, invitation):
        invitation.save()
        self.log_addition(request, invitation, f"{invitation}: {title_of(invitation)}")
        if invitation.email:
            link_mail(invitation, link_of(invitation, request), request.user).save()
            messages.success(request, f"Der Link ist fertig. Er geht per E-Mail an {invitation.email}.")
        else:
            messages.success(request, "Der Link ist fertig. Geben Sie ihn jetzt weiter.")

    # --- Showing one -----------------------------------------------------------------------------------

    def show_view(self, request, object_id):
        invitation = self.get_object(request, object_id)
        if invitation is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": str(invitation),
            "invitation": invitation,
            "heading": self.about(invitation),
            "may_delete": self.has_delete_permission(request, invitation),
            "suggestions": invitation.suggestions.select_related("decided_by").defer("texts", "source_digests"),
            "verdicts": invitation.verdicts.all(),
            "has_open_remarks": invitation.verdicts.waiting().exists(),
            "text_url": self.url_of_text(invitation),
        }
        is_shown = invitation.can_be_shown and not invitation.goes_by_mail_only
        if invitation.is_open and is_shown and invitation.kind in ADDRESSES:
            link = link_of(invitation, request)
            context |= {"link": link, "words": self.words_to_forward(invitation, link)}
        return TemplateResponse(request, "admin/invitations/show.html", context)

    def words_to_forward(self, invitation, link):
        return words_for(invitation, link, invitation.interface_language) if invitation.kind in TITLES else ""

    def url_of_text(self, invitation):
        text = invitation.text() if invitation.page else None
        return text_url(text) if text else ""

    # --- Ending one ------------------------------------------------------------------------------------

    def invitation_or_404(self, request, object_id):
        invitation = self.get_object(request, str(object_id))
        if invitation is None:
            raise Http404
        return invitation

    @method_decorator(require_POST)
    @transaction.atomic
    def revoke_view(self, request, object_id):
        invitation = self.invitation_or_404(request, object_id)
        if invitation.is_open:
            drop_waiting_mail(invitation)
            invitation.revoke()
            self.log_change(request, invitation, "Widerrufen")
            messages.success(request, f"Der Link für {invitation.name} geht nicht mehr.")
        return redirect("admin:invitations_invitation_change", invitation.pk)

    @method_decorator(require_POST)
    @transaction.atomic
    def settle_view(self, request, object_id):
        """The remarks that came by this link are dealt with."""
        invitation = self.invitation_or_404(request, object_id)
        if Verdict.objects.waiting().filter(invitation=invitation).update(settled_at=timezone.now()):
            self.log_change(request, invitation, "Anmerkungen erledigt")
        messages.success(request, "Die Anmerkungen gelten als erledigt.")
        return redirect("admin:invitations_invitation_change", invitation.pk)
