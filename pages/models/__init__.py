from .page import FocusArea, Page, PageAlias
from .text import PageRevision, PageTranslation

__all__ = ["FocusArea", "Page", "PageAlias", "PageRevision", "PageTranslation"]
