"""The audit trail, to be read by those who lead a city, in sentences. Nobody changes it."""

from django.apps import apps
from django.contrib import admin

from audit.models import Action, Entry
from contacts.city_admin import CityFilter, CityScopedAdmin
from contacts.rights import MANAGERS

# What is done to a thing, as the end of a sentence that begins with who did it.
SENTENCES = {
    Action.ADDED: "hat {} angelegt",
    Action.CHANGED: "hat {} geändert",
    Action.DELETED: "hat {} gelöscht",
    Action.PUBLISHED: "hat {} veröffentlicht",
    Action.PLANNED: "hat {} für später eingeplant",
    Action.WITHDRAWN: "hat {} zurückgezogen",
    Action.EXPORTED: "hat {} heruntergeladen",
    Action.IMPORTED: "hat {} eingelesen",
    Action.SIGNED_IN: "hat sich angemeldet",
    Action.FAILED: "hat sich nicht anmelden können: falsches Passwort oder falscher Code",
    Action.LOCKED: "kann sich vorerst nicht mit Passwort anmelden",
    Action.ACCOUNT: "hat den eigenen Zugang geändert",
}


def what(entry):
    """`Kontakt „Beratung“`, with the name of the kind where it is known."""
    try:
        kind = str(apps.get_model(entry.kind)._meta.verbose_name)
    except (LookupError, ValueError):
        kind = ""
    # Between marks that keep an Arabic title from turning the sentence around.
    name = f"„\u2068{entry.object_name}\u2069“" if entry.object_name else ""
    return " ".join(filter(None, [kind, name])) or "etwas"


def sentence(entry):
    return f"{entry.actor_name} {SENTENCES[entry.action].format(what(entry))}."


class ActionFilter(admin.SimpleListFilter):
    title = "Was"
    parameter_name = "what"
    GROUPS = {
        "public": ("Veröffentlicht oder zurückgezogen", [Action.PUBLISHED, Action.PLANNED, Action.WITHDRAWN]),
        "changed": ("Angelegt, geändert, gelöscht", [Action.ADDED, Action.CHANGED, Action.DELETED]),
        "files": ("Heruntergeladen oder eingelesen", [Action.EXPORTED, Action.IMPORTED]),
        "account": ("Anmeldungen und Zugang", [Action.SIGNED_IN, Action.FAILED, Action.LOCKED, Action.ACCOUNT]),
    }

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _actions) in self.GROUPS.items()]

    def queryset(self, request, queryset):
        _label, actions = self.GROUPS.get(self.value(), ("", None))
        return queryset.filter(action__in=actions) if actions else queryset


@admin.register(Entry)
class EntryAdmin(CityScopedAdmin):
    view_roles = MANAGERS
    names_when_counted = ("Eintrag", "Einträge")
    when_empty = "Bis jetzt gibt es keinen Eintrag. Später steht hier, wer wann etwas getan hat."
    list_display = ["at", "sentence_shown", "details_shown"]
    list_display_links = None
    list_filter = [CityFilter, ActionFilter]
    list_select_related = ["city"]
    search_fields = ["actor_name", "object_name"]
    search_help_text = "Name der Person oder Titel"
    date_hierarchy = None
    fields = ["city", "at", "sentence_shown", "details_shown", "address"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Wer hat was getan?")
    def sentence_shown(self, entry):
        return sentence(entry)

    @admin.display(description="Genauer")
    def details_shown(self, entry):
        fields = f"Felder: {', '.join(entry.fields)}" if entry.fields else ""
        address = "" if entry.address in ("", "0.0.0.0") else f"aus dem Netz {entry.address}"  # noqa: S104
        return "; ".join(filter(None, [entry.detail, fields, address])) or "–"
