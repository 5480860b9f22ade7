"""What the site writes down by itself, to be read."""

from django.contrib import admin
from django.utils.html import format_html

from contacts.city_admin import CityScopedAdmin
from contacts.rights import MANAGERS

from ..models import DeletionRecord, OutgoingMail
from .inbox import fate


class RecordAdmin(CityScopedAdmin):
    """To be read by managers, and changed by nobody."""

    view_roles = MANAGERS
    # The names of these models are titles of their lists: nobody counts with them.
    names_when_counted = ("Eintrag", "Einträge")
    when_empty = ""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(DeletionRecord)
class DeletionRecordAdmin(RecordAdmin):
    when_empty = "Bis jetzt ist keine Anfrage gelöscht. Später steht hier, wann die Website wie viele gelöscht hat."
    list_display = ["deleted_on", "kind", "reason", "count"]
    list_select_related = ["city"]
    fields = ["city", "deleted_on", "kind", "reason", "count"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(RecordAdmin):
    when_empty = "Bis jetzt gibt es keine E-Mail. Später steht hier jede E-Mail der Website, und was daraus wurde."
    change_form_template = "admin/inquiries/outgoing_mail_change_form.html"
    list_display = ["created_at", "purpose", "inquiry", "fate_shown", "attempts"]
    list_select_related = ["city", "inquiry"]
    fields = [
        "city",
        "inquiry",
        "purpose",
        "recipient",
        "created_at",
        "created_by",
        "fate_shown",
        "attempts",
        "subject",
        "text_shown",
    ]

    @admin.display(description="Was daraus wurde")
    def fate_shown(self, mail):
        return fate(mail)[1]

    @admin.display(description="Text")
    def text_shown(self, mail):
        # Plain text of people we do not know: never as HTML, which a field named "body" would be.
        return format_html('<p class="written" dir="auto">{}</p>', mail.body)
