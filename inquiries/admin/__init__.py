from . import inbox, records, settings

__all__ = ["inbox", "records", "settings"]
