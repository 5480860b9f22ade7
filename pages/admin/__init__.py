from . import pages, search

__all__ = ["pages", "search"]
