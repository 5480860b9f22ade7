"""Who may sign in, and what they may do in which city."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.admin_log import Audited
from audit.log import Action, record
from contacts.city_admin import CityScopedAdmin, plain_choice
from contacts.models import Membership
from contacts.rights import MANAGERS, name_of

from .. import letters
from ..forms import PersonCreationForm
from .forms import ColleagueForm, MembershipForm


@admin.register(Membership)
class MembershipAdmin(CityScopedAdmin):
    """Managers see and change the roles in their city, and invite colleagues."""

    form = MembershipForm
    view_roles = change_roles = MANAGERS
    list_display = ["user", "role"]
    list_select_related = ["user", "city"]
    search_fields = ["user__username", "user__email"]
    fields = ["user", "city", "role", "languages"]

    def is_invitation(self, request, obj):
        """Operators choose among all accounts; managers name somebody by an e-mail address."""
        return obj is None and not request.user.is_superuser

    def get_form(self, request, obj=None, change=False, **kwargs):
        if self.is_invitation(request, obj):
            kwargs["form"] = ColleagueForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ["person", "city"] if obj else ()

    def get_fields(self, request, obj=None):
        if self.is_invitation(request, obj):
            return ["first_name", "last_name", "email", "role", "languages"]
        # As a word: the account itself can be opened by the operator only.
        return ["person", *self.fields[1:]] if obj else self.fields

    @admin.display(description="Person")
    def person(self, membership):
        return name_of(membership.user)

    def _is_somebody_elses(self, request, membership):
        """Who takes away the own role cannot undo it, and a city might be left without a manager."""
        return membership is None or membership.user_id != request.user.pk

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_somebody_elses(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_somebody_elses(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None and not request.user.is_superuser:
            words = {"title": "Kolleg*in einladen", "show_save_and_continue": False, "show_save_and_add_another": False}
            return super().changeform_view(request, object_id, form_url, words | (extra_context or {}))
        return admin.ModelAdmin.changeform_view(self, request, object_id, form_url, extra_context)

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        if isinstance(form, ColleagueForm):
            person = form.person()
            obj.user = person
            super().save_model(request, obj, form, change)
            letters.invite(person, request, [obj.city])
            return
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        if not request.user.is_superuser:
            messages.success(
                request,
                f"{obj.user.email} ist eingeladen. In der E-Mail steht ein Link; damit wählt die Person selbst ein "
                f"Passwort. Der Link gilt {letters.days_of_link()} Tage, danach hilft „Passwort vergessen?“.",
            )
            return self.response_post_save_add(request, obj)
        return super().response_add(request, obj, post_url_continue)


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    fields = ["city", "role", "languages"]
    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A plain choice: no small pop-up links beside it."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))


# Kept by allauth for the person alone: nobody looks at the keys of others.
for model in (Group, User, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(Audited, UserAdmin):
    """Accounts belong to the operator; what a person may do is said by memberships alone."""

    add_form = PersonCreationForm
    inlines = [MembershipInline]
    list_filter = ["is_active", "is_superuser"]
    show_facets = admin.ShowFacets.NEVER
    list_display = ["username", "first_name", "last_name", "email", "is_active"]
    actions = None
    add_fieldsets = [
        (None, {"fields": ["username", "email", "first_name", "last_name"]}),
        ("Passwort", {"fields": ["password1", "password2"]}),
    ]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Zugang", {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "password" in form.base_fields:
            form.base_fields["password"].help_text = ""  # says in English how passwords are kept
        return form

    def save_model(self, request, obj, form, change):
        # There are no accounts for anything else than the admin.
        obj.is_staff = obj.is_staff or not change
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """In the trail of the city whose rights they are, too."""
        super().save_formset(request, form, formset, change)
        changed = [membership for membership, _fields in formset.changed_objects]
        groups = {Action.ADDED: formset.new_objects, Action.CHANGED: changed, Action.DELETED: formset.deleted_objects}
        for action, memberships in groups.items():
            for membership in memberships:
                record(action, membership, city_id=membership.city_id, by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        if not obj.has_usable_password():
            cities = [membership.city for membership in obj.memberships.select_related("city")]
            letters.invite(obj, request, cities)
            messages.success(request, f"Die Einladung geht an {obj.email}.")
        return super().response_add(request, obj, post_url_continue)
