from . import people, trail

__all__ = ["people", "trail"]
