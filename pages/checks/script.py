"""A translation written in the letters of another language was pasted by mistake."""

import unicodedata

from contacts.languages import LANGUAGES

from .findings import hint, quoted

ARABIC, CYRILLIC, GREEK, ETHIOPIC = "ARABIC", "CYRILLIC", "GREEK", "ETHIOPIC"
SCRIPTS = {"ar": ARABIC, "fa": ARABIC, "prs": ARABIC, "ps": ARABIC, "ckb": ARABIC, "ur": ARABIC}
SCRIPTS |= {"uk": CYRILLIC, "ru": CYRILLIC, "bg": CYRILLIC, "mk": CYRILLIC}
SCRIPTS |= {"el": GREEK, "ti": ETHIOPIC, "am": ETHIOPIC}
ENOUGH = 25  # letters; less is a name
LOOKED_AT = 300


def foreign(text):
    script = SCRIPTS.get(text.language)
    for passage in text.passages if script else []:
        letters = [letter for letter in passage.words[:LOOKED_AT] if letter.isalpha()]
        own = sum(unicodedata.name(letter, "").startswith(script) for letter in letters)
        if len(letters) >= ENOUGH and own * 5 < len(letters):
            yield hint(
                f"Hier stehen kaum Buchstaben der Sprache {LANGUAGES[text.language].german_name}. "
                f"Ist das der deutsche Text? {quoted(passage.words)}",
                passage,
            )
