from .page import FocusArea, Page, PageAlias
from .text import PageRevision, PageTranslation, State

__all__ = ["FocusArea", "Page", "PageAlias", "PageRevision", "PageTranslation", "State"]
