from functools import partial

from django import forms

from pages.forms import COMMON_FIELDS, PageForm

from .models import Event, News

# Events and news stand in lists of their own: they have no place in the tree of pages.
FIELDS_OF_LISTED = [field for field in COMMON_FIELDS if field not in ("parent", "position", "in_navigation", "icon")]

# An address written without scheme means https.
SecureURLField = partial(forms.URLField, assume_scheme="https")

LOCAL_TIME = "Uhrzeit in Deutschland."


class EventForm(PageForm):
    class Meta(PageForm.Meta):
        model = Event
        fields = [
            *FIELDS_OF_LISTED,
            "starts_at",
            "ends_at",
            "location",
            "is_online",
            "online_url",
            "topics",
            "audiences",
            "languages",
            "cost",
            "cost_amount",
            "organiser",
            "series",
            "registration",
            "registration_email",
            "registration_url",
            "registration_until",
            "seats",
            "status",
            "previous_start",
        ]
        field_classes = {"online_url": SecureURLField, "registration_url": SecureURLField}
        help_texts = {
            "starts_at": f"Pflichtfeld. {LOCAL_TIME}",
            "ends_at": f"Pflichtfeld. {LOCAL_TIME} Danach verschwindet die Veranstaltung von selbst aus allen Listen.",
            "location": "Der Ort fehlt in der Liste? Legen Sie ihn unter „Standorte“ an.",
            "is_online": "Kann man im Internet teilnehmen? Geht es nur im Internet? Dann lassen Sie „Ort“ leer.",
            "online_url": "Der Link steht öffentlich auf der Seite. "
            "Sollen ihn nur Angemeldete bekommen? Lassen Sie das Feld leer.",
            "registration_until": "Leer: bis zum Beginn.",
            "status": "„Abgesagt“ und „verschoben“ stehen sofort auf der Seite, in der Liste und in den Kalendern. "
            "Lassen Sie abgesagte Veranstaltungen öffentlich, damit niemand umsonst kommt.",
            "previous_start": "Nur bei „verschoben“. Leer: der Beginn, der vor Ihrer Änderung oben stand.",
        }

    def clean(self):
        super().clean()
        moved = self.cleaned_data.get("status") == Event.Status.MOVED
        if moved and "starts_at" in self.changed_data and not self.cleaned_data.get("previous_start"):
            self.cleaned_data["previous_start"] = self.instance.starts_at
        return self.cleaned_data


class NewsForm(PageForm):
    class Meta(PageForm.Meta):
        model = News
        fields = [*FIELDS_OF_LISTED, "responsible", "ends_at"]
        labels = {"ends_at": "In den Listen bis"}
        help_texts = {
            "ends_at": "Danach verschwindet die Nachricht von selbst aus allen Listen. Wer ihre Adresse kennt, "
            "kann sie noch lesen, mit dem Hinweis, dass sie alt ist. Leer: ohne Ende."
        }
        widgets = {"responsible": forms.TextInput(attrs={"class": "vLargeTextField"})}
