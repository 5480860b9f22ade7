"""A picture needs words for people who do not see it, or somebody's word that it shows nothing."""

from contacts.languages import SOURCE_LANGUAGE

from .findings import error, hint
from .reading import Passage

ALTERNATIVE = Passage("picture_alternative")


def says_nothing(translation):
    return not translation.picture_alternative.strip()


def without_alternative(text):
    draft = text.translation
    if draft.picture_id and not draft.picture_is_decorative and says_nothing(draft):
        yield error(
            "Das Bild hat noch keine Beschreibung. Schreiben Sie bei „Was ist auf dem Bild zu sehen?“ einen Satz, "
            "oder setzen Sie den Haken „Das Bild ist nur Schmuck“.",
            ALTERNATIVE,
        )


def without_consent(text):
    draft = text.translation
    if draft.picture_id and not draft.picture.may_be_shown:
        yield error("Es fehlt noch die Einwilligung der Menschen auf dem Bild.", Passage("picture"))


def without_translated_alternative(text):
    if text.language == SOURCE_LANGUAGE or not says_nothing(text.translation):
        return
    german = text.page.translations.filter(
        language=SOURCE_LANGUAGE, picture__isnull=False, picture_is_decorative=False
    ).exclude(picture_alternative="")
    for words in german.values_list("picture_alternative", flat=True):
        yield hint(
            "Die Beschreibung des Bildes ist noch nicht übersetzt. Schreiben Sie sie bei "
            f"„Was ist auf dem Bild zu sehen?“. Auf Deutsch steht dort: „{words}“.",
            ALTERNATIVE,
        )
