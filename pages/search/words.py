"""What counts as a word, and which words count as the same. Both databases see only what these functions make.

So the configuration per language is the stemmer: the databases compare words and know no grammar.
"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST_WORD = 60  # letters; what is longer is no word

# Snowball's name of the grammar; Dari is Persian, Easy German is German.
GRAMMARS = {
    "ar": "arabic",
    "de": "german",
    "de-simple": "german",
    "en": "english",
    "es": "spanish",
    "fa": "persian",
    "fr": "french",
    "it": "italian",
    "pl": "polish",
    "prs": "persian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "tr": "turkish",
}

# Snowball has no Ukrainian: endings of nouns and adjectives, so that школа, школи, школу and школою meet.
UKRAINIAN_ENDING = re.compile("(ами|ями|ого|ому|ими|ів|їв|ах|ях|ою|ею|ий|ій|их|им|ам|ям|ом|ем|[аяуюиіїоеєь])$")
SHORTEST_UKRAINIAN_STEM = 4

# "and the", "with the" as one word; Snowball leaves some of them on.
ARABIC_BEGINNING = re.compile("^[وفبك](?=ال..)")

# Marks and invisible signs that stand inside a word, and signs that hold parts of a word together.
INSIDE = "\u00ad\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f"
BETWEEN = "\\-'`’‘ʼ´·•‐‑"
WORD = re.compile(rf"[^\W_][^\W_{INSIDE}]*(?:[{INSIDE}]+[^\W_]*)*(?:[{BETWEEN}](?:[^\W_]|[{INSIDE}])+)*")
BETWEEN_PARTS = re.compile(f"[{BETWEEN}]")

SAME_LETTER = str.maketrans(
    {
        "ı": "i",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ґ": "г",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ـ": "",
        "ء": "",
        "ʼ": "",
    }
)
# й and ї are letters, not и and і with a mark.
LETTERS_WITH_MARK = {"и\u0306", "і\u0308"}

# Umlauts written with an e; behind a vowel or q the e is one of its own: neue, Frauen, Quelle.
WITH_E = re.compile("(?<![aeq])ue|ae|oe")


@lru_cache(maxsize=50_000)
def fold(word):
    """The letters of a word without what people leave out: capitals, marks, the hamza, the dot of the Turkish i."""
    # First to plain letters: 𝕬 has no small form before it is an A.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    letters = []
    for before, sign in zip(f" {decomposed}", decomposed, strict=False):
        if sign.isdecimal():
            letters.append(str(unicodedata.decimal(sign)))
        elif sign.isalnum() or before + sign in LETTERS_WITH_MARK:
            letters.append(sign)
    return unicodedata.normalize("NFC", "".join(letters).translate(SAME_LETTER))


def written_words(text):
    """(start, end, word) of every word of a text as it is written."""
    return [(match.start(), match.end(), match[0]) for match in WORD.finditer(text)]


def words(text):
    """The folded words of a text in their order."""
    return [folded for _start, _end, word in written_words(text) if 0 < len(folded := fold(word)) <= LONGEST_WORD]


def natural(word, language):
    """In small letters as its language writes them."""
    if language == "tr":
        word = word.replace("İ", "i").replace("I", "ı")
    return unicodedata.normalize("NFC", word.lower())


def ground_form(word, language):
    if language == "uk":
        shorter = UKRAINIAN_ENDING.sub("", word)
        return shorter if len(shorter) >= SHORTEST_UKRAINIAN_STEM else word
    if language not in GRAMMARS:
        return word
    if language == "ar":
        word = ARABIC_BEGINNING.sub("", word)
    # A stemmer keeps its state in itself; making one is cheaper than sharing it between threads.
    return snowballstemmer.stemmer(GRAMMARS[language]).stemWord(word)


@lru_cache(maxsize=50_000)
def stems(word, language):
    """The folded ground forms of a word: of the word with its marks, and of the word as people type it in a hurry."""
    written = {natural(word, language), *spellings(word)}
    if language == "ar":
        # "For the" before a word that begins with the same letter as the article ends: للاجئين is said of لاجئين.
        written |= {form[1:] for form in written if form.startswith("لل")}
    found = {fold(ground_form(form, language)) for form in written}
    return frozenset(stem for stem in found if len(stem) > 1)


@lru_cache(maxsize=50_000)
def spellings(word):
    """A folded word as it stands, and with umlauts for what may be their writing with an e."""
    folded = fold(word)
    return frozenset({folded, WITH_E.sub(lambda match: match[0][0], folded)})


def parts(word):
    """What a word is put together from: Integrations-Zentrum, Almanya'da."""
    pieces = BETWEEN_PARTS.split(word)
    return [piece for piece in pieces if len(piece) > 1] if len(pieces) > 1 else []


@lru_cache(maxsize=50_000)
def forms(word, language):
    """All folded forms under which a word of a text is found, but its own."""
    found = set()
    for piece in (word, *parts(word)):
        found |= spellings(piece) | stems(piece, language)
    return frozenset(form for form in found if 0 < len(form) <= LONGEST_WORD) - {fold(word)}


def compounds(forms, ends):
    """Those of the given ends that are the last part of a longer word."""
    candidates = [form for form in forms if form.endswith(ends)] if ends else []
    return [end for end in ends for form in candidates if form.endswith(end) and len(form) > len(end) + 2]


def index_text(text, language, ends=()):
    """The folded words of a text in order, then once each their further forms and the ends of German compounds."""
    written = [word for _start, _end, word in written_words(text)]
    further = {}
    for word in dict.fromkeys(written):
        found = sorted(forms(word, language))
        further |= dict.fromkeys([*found, *compounds([fold(word), *found], ends)])
    in_order = [folded for folded in map(fold, written) if 0 < len(folded) <= LONGEST_WORD]
    return " ".join([*in_order, *further])
