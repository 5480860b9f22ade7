from .document import Document
from .image import Image, ImageFile
from .language_wish import LanguageWish
from .link import PageLink
from .page import FocusArea, Page, PageAlias, Phase
from .revision import PageRevision
from .search import SearchMiss, SearchSynonym, SearchText
from .translation import PageTranslation, State
from .usable import Cost, ForPeople, Usable

__all__ = [
    "Cost",
    "Document",
    "FocusArea",
    "ForPeople",
    "Image",
    "ImageFile",
    "LanguageWish",
    "Page",
    "PageAlias",
    "PageLink",
    "PageRevision",
    "PageTranslation",
    "Phase",
    "SearchMiss",
    "SearchSynonym",
    "SearchText",
    "State",
    "Usable",
]
