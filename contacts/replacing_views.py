"""The screens on which a contact is replaced everywhere. ContactAdmin hangs them into its addresses."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from .models import Contact, ContactReplacement
from .models.city import PUBLISHERS
from .replacing import references, replace, undo
from .rights import has_role


class ReplacementForm(forms.Form):
    new = forms.ModelChoiceField(
        label="Wer tritt an die Stelle?",
        queryset=Contact.objects.none(),
        empty_label="Bitte wählen",
        error_messages={"required": "Bitte wählen Sie, wer an die Stelle tritt."},
    )
    make_main = forms.BooleanField(label="Auch Hauptkontakt werden", required=False, initial=True)

    def __init__(self, *args, old, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new"].queryset = Contact.objects.for_city(old.city_id).exclude(pk=old.pk)
        if not old.is_main:
            del self.fields["make_main"]


def replace_view(model_admin, request, object_id):
    """Shows everything that names the contact and puts another one there."""
    old = model_admin.get_object(request, str(object_id))
    if old is None:
        raise Http404
    if not has_role(request.user, PUBLISHERS, old.city_id):
        raise PermissionDenied
    form = ReplacementForm(request.POST or None, old=old)
    if form.is_valid():
        replacement = replace(old, form.cleaned_data["new"], request.user, form.cleaned_data.get("make_main", False))
        model_admin.log_change(request, old, f"Überall ersetzt durch {replacement.new_name}.")
        messages.success(request, f"Ersetzt durch „{replacement.new_name}“. Das gilt sofort in allen Sprachen.")
        return redirect("admin:contacts_contact_replaced", replacement.pk)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": "Kontakt überall ersetzen",
        "contact": old,
        "form": form,
        "references": references(old),
        "has_others": form.fields["new"].queryset.exists(),
        "earlier": ContactReplacement.objects.for_city(old.city_id).filter(old=old),
    }
    return TemplateResponse(request, "admin/contacts/replace.html", context)


def replaced_view(model_admin, request, replacement_id):
    """Says what was replaced; sent off, it is undone."""
    stored = ContactReplacement.objects.editable_by(request.user).select_related("old", "new")
    replacement = get_object_or_404(stored, pk=replacement_id)
    if not has_role(request.user, PUBLISHERS, replacement.city_id):
        raise PermissionDenied
    if request.method == "POST":
        return take_back(model_admin, request, replacement)
    old = replacement.old
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": "Kontakt ersetzt",
        "replacement": replacement,
        "old_is_free": old and not old.is_main and not references(old),
    }
    return TemplateResponse(request, "admin/contacts/replaced.html", context)


def take_back(model_admin, request, replacement):
    was_undone = replacement.undone_at
    try:
        replacement = undo(replacement, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("admin:contacts_contact_replaced", replacement.pk)
    if not was_undone:
        model_admin.log_change(request, replacement.old, "Ersetzung rückgängig gemacht.")
    if replacement.not_undone:
        messages.warning(request, "Rückgängig gemacht, aber nicht überall. Unten steht, was bleibt, wie es ist.")
    else:
        messages.success(request, f"Rückgängig gemacht: „{replacement.old_name}“ steht wieder überall.")
    return redirect("admin:contacts_contact_replaced", replacement.pk)
