from django.db import models
from django_prose_editor.fields import ProseEditorField

from ..richtext import EXTENSIONS, blocks, digest, digest_of_lines
from .image import Image
from .page import Page


def lines(text):
    """The lines of a plain text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Text(models.Model):
    """The words of a page in one language."""

    title = models.CharField("Überschrift", max_length=160, blank=True)
    short_title = models.CharField(
        "Kurzer Name im Menü", max_length=40, blank=True, help_text="Nur nötig, wenn die Überschrift lang ist."
    )
    summary = models.CharField(
        "Kurz gesagt",
        max_length=240,
        blank=True,
        help_text="Ein oder zwei einfache Sätze: Was finden Menschen auf dieser Seite?",
    )
    situation = models.CharField(
        "Anliegen auf der Startseite",
        max_length=80,
        blank=True,
        help_text="Ein Satz aus Sicht der Menschen, zum Beispiel „Mein Kind soll in die Schule“. "
        "Leer: Die Seite steht nicht unter den Anliegen.",
    )
    body = ProseEditorField("Text", blank=True, extensions=EXTENSIONS, sanitize=True)
    for_whom = models.TextField(
        "Für wen ist das?",
        max_length=600,
        blank=True,
        help_text="Ein oder zwei einfache Sätze, zum Beispiel „Für Eltern mit einem Kind in der Grundschule.“",
    )
    steps = models.TextField(
        "So geht es: Schritt für Schritt",
        max_length=1500,
        blank=True,
        help_text="Ein Schritt in jeder Zeile. Die Nummern kommen von selbst.",
    )
    bring = models.TextField("Das bringen Sie mit", max_length=1000, blank=True, help_text="Eine Sache in jeder Zeile.")
    not_here = models.TextField(
        "Das können wir nicht – und wer es kann",
        max_length=1000,
        blank=True,
        help_text="Was gibt es hier nicht, und wohin gehen Menschen stattdessen?",
    )
    cost_note = models.CharField(
        "Hinweis zu den Kosten",
        max_length=160,
        blank=True,
        help_text="Nur wenn die Kosten eine Erklärung brauchen, zum Beispiel „Das Geld ist für die Ausflüge.“",
    )

    # Only the German text has a picture; its translations have words for it.
    picture = models.ForeignKey(Image, on_delete=models.RESTRICT, null=True, blank=True, verbose_name="Bild")
    picture_is_decorative = models.BooleanField(
        "Das Bild ist nur Schmuck",
        default=False,
        help_text="Es zeigt nichts, was nicht auch im Text steht. Vorleseprogramme übergehen es dann.",
    )
    picture_alternative = models.CharField(
        "Was ist auf dem Bild zu sehen?",
        max_length=200,
        blank=True,
        help_text="Ein Satz für Menschen, die das Bild nicht sehen.",
    )

    COMMON_FIELDS = ("title", "short_title", "summary", "situation", "body")
    # Only some kinds of page have these. Lines of `steps` and `bring` are items of a list.
    FURTHER_FIELDS = {
        Page.Kind.OFFER: ("for_whom", "steps", "bring", "not_here", "cost_note"),
        Page.Kind.CALL: ("for_whom", "steps", "bring"),
        Page.Kind.EVENT: ("for_whom", "bring", "cost_note"),
    }
    TEXT_FIELDS = (*COMMON_FIELDS, "for_whom", "steps", "bring", "not_here", "cost_note", "picture_alternative")
    # As they stand in the form of a page.
    PICTURE_FIELDS = ("picture", "picture_alternative", "picture_is_decorative")

    class Meta:
        abstract = True

    def __str__(self):
        return self.title or "ohne Überschrift"

    @property
    def menu_title(self):
        return self.short_title or self.title

    @classmethod
    def fields_of_kind(cls, kind):
        # What comes and goes stands on the start page by its date, never as somebody's situation.
        without = {"situation"} if kind in (Page.Kind.CALL, Page.Kind.EVENT, Page.Kind.NEWS) else set()
        common = (field for field in cls.COMMON_FIELDS if field not in without)
        return (*common, *cls.FURTHER_FIELDS.get(kind, ()))

    def pictures(self):
        """What is copied with the words, by column: nobody needs the picture itself for that."""
        return {"picture_id": self.picture_id, "picture_is_decorative": self.picture_is_decorative}

    @property
    def has_picture_to_describe(self):
        return self.picture_id is not None and not self.picture_is_decorative

    @classmethod
    def fields_to_translate(cls, kind, source):
        """What a translation has words for: those of its kind of page, and for the picture where it says something."""
        of_picture = ("picture_alternative",) if source and source.has_picture_to_describe else ()
        return (*cls.fields_of_kind(kind), *of_picture)

    @property
    def step_lines(self):
        return lines(self.steps)

    @property
    def bring_lines(self):
        return lines(self.bring)

    def texts(self):
        return {field: getattr(self, field) for field in self.TEXT_FIELDS}

    def compute_digests(self):
        """Fingerprints of the words: one for each field, for the body a list with one for each block.

        A further field without words has none, so that a new kind of field outdates no text.
        """
        return {
            field: [digest(block) for block in blocks(text)] if field == "body" else digest_of_lines(text)
            for field, text in self.texts().items()
            if text or field in self.COMMON_FIELDS
        }
