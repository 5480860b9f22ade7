from .border import PageCache

__all__ = ["PageCache"]
