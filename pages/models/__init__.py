from .document import Document
from .page import FocusArea, Page, PageAlias, Phase
from .text import PageRevision, PageTranslation, State
from .usable import Cost, ForPeople, Usable

__all__ = [
    "Cost",
    "Document",
    "FocusArea",
    "ForPeople",
    "Page",
    "PageAlias",
    "PageRevision",
    "PageTranslation",
    "Phase",
    "State",
    "Usable",
]
