"""Which languages there are: tag (BCP 47), own name, German name, writing direction.

Source of tags and names: IANA language subtag registry and CLDR. `de-simple` is the registered
tag of Easy German (Leichte Sprache).
"""

from typing import NamedTuple

from django.conf import settings


class Language(NamedTuple):
    tag: str
    endonym: str
    german_name: str
    dir: str = "ltr"

    @property
    def is_checked(self):
        """Whether somebody who grew up with the language has read its interface. German is where it was written."""
        return self.tag == settings.LANGUAGE_CODE or self.tag in settings.CHECKED_LANGUAGES


LANGUAGES = {
    language.tag: language
    for language in [
        Language("de", "Deutsch", "Deutsch"),
        Language("de-simple", "Leichte Sprache", "Leichte Sprache"),
        Language("gsg", "Deutsche Gebärdensprache", "Deutsche Gebärdensprache"),
        Language("en", "English", "Englisch"),
        Language("tr", "Türkçe", "Türkisch"),
        Language("ar", "العربية", "Arabisch", "rtl"),
        Language("uk", "Українська", "Ukrainisch"),
        Language("ru", "Русский", "Russisch"),
        Language("pl", "Polski", "Polnisch"),
        Language("ro", "Română", "Rumänisch"),
        Language("bg", "Български", "Bulgarisch"),
        Language("fr", "Français", "Französisch"),
        Language("fa", "فارسی", "Persisch (Farsi)", "rtl"),
        Language("prs", "دری", "Dari", "rtl"),
        Language("ps", "پښتو", "Paschtu", "rtl"),
        Language("kmr", "Kurmancî", "Kurdisch (Kurmandschi)"),
        Language("ckb", "کوردیی ناوەندی", "Kurdisch (Sorani)", "rtl"),
        Language("sq", "Shqip", "Albanisch"),
        Language("it", "Italiano", "Italienisch"),
        Language("es", "Español", "Spanisch"),
        Language("el", "Ελληνικά", "Griechisch"),
        Language("sr-Latn", "Srpski", "Serbisch (lateinische Schrift)"),
        Language("hr", "Hrvatski", "Kroatisch"),
        Language("bs", "Bosanski", "Bosnisch"),
        Language("mk", "Македонски", "Mazedonisch"),
        Language("ti", "ትግርኛ", "Tigrinya"),
        Language("am", "አማርኛ", "Amharisch"),
        Language("so", "Soomaali", "Somali"),
        Language("ur", "اردو", "Urdu", "rtl"),
        Language("rom", "Romani ćhib", "Romani"),
        Language("pt", "Português", "Portugiesisch"),
        Language("nl", "Nederlands", "Niederländisch"),
        Language("vi", "Tiếng Việt", "Vietnamesisch"),
        Language("zh-Hans", "简体中文", "Chinesisch"),
        Language("hu", "Magyar", "Ungarisch"),
        Language("ka", "ქართული", "Georgisch"),
    ]
}

SOURCE_LANGUAGE = settings.LANGUAGE_CODE

# What browsers call them, in small letters. Whoever reads Serbian reads it in both scripts.
BROWSER_TAGS = {tag.lower(): tag for tag in LANGUAGES} | {
    "fa-af": "prs",
    "ku": "kmr",
    "ku-arab": "ckb",
    "pes": "fa",
    "pt-br": "pt",
    "sr": "sr-Latn",
    "zh": "zh-Hans",
}

# Languages the interface is translated into; a city switches on those it wants.
INTERFACE_LANGUAGES = [LANGUAGES[tag] for tag, _name in settings.LANGUAGES]

# Languages somebody at the counter may speak: all but the simplified written form.
SPOKEN_LANGUAGE_CHOICES = sorted(
    ((language.tag, language.german_name) for language in LANGUAGES.values() if language.tag != "de-simple"),
    key=lambda choice: choice[1],
)


def interface_language_choices():
    """Called by the models' fields, so that a further language is no change of the database."""
    return [(language.tag, language.german_name) for language in INTERFACE_LANGUAGES]


def language_of_browser(tag):
    """The tag here of what `Accept-Language` names in small letters, "fa-af" or "ar-sy"; None of an unknown one."""
    while tag and tag not in BROWSER_TAGS:
        tag = tag.rpartition("-")[0]
    return BROWSER_TAGS.get(tag)
