from . import documents, images, pages, search, translations

__all__ = ["documents", "images", "pages", "search", "translations"]
