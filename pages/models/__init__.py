from .document import Document
from .image import Image
from .language_wish import LanguageWish
from .page import FocusArea, Page, PageAlias, Phase
from .search import SearchMiss, SearchSynonym, SearchText
from .text import PageRevision, PageTranslation, State
from .usable import Cost, ForPeople, Usable

__all__ = [
    "Cost",
    "Document",
    "FocusArea",
    "ForPeople",
    "Image",
    "LanguageWish",
    "Page",
    "PageAlias",
    "PageRevision",
    "PageTranslation",
    "Phase",
    "SearchMiss",
    "SearchSynonym",
    "SearchText",
    "State",
    "Usable",
]
