from . import links, suggestions

__all__ = ["links", "suggestions"]
