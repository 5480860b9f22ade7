from django.contrib import admin

from contacts.rights import PUBLISHERS

from ..models import EasyGermanPage
from .example import CityRecordAdmin


@admin.register(EasyGermanPage)
class EasyGermanPageAdmin(CityRecordAdmin):
    change_roles = PUBLISHERS
    fieldsets = [
        (
            None,
            {
                "fields": ["what_we_do", "whom_we_help"],
                "description": "Schreiben Sie kurze Sätze. Jeder Satz hat eine eigene Zeile. Lange Wörter trennen Sie "
                "mit Binde-Strich. „nicht“ und „kein“ macht die Website von selbst fett. Wie man die Website benutzt "
                "und wie man eine Barriere meldet, steht schon auf der Seite.",
            },
        ),
        (
            "Prüfung",
            {
                "fields": ["checked_by", "checked_on"],
                "description": "Haben Sie den Text nach der Prüfung geändert? Dann leeren Sie diese zwei Felder, "
                "bis die Prüfgruppe den neuen Text gelesen hat.",
            },
        ),
    ]
