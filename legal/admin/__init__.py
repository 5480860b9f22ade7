from . import city, easy_german, imprint, privacy, sign_language, statement

__all__ = ["city", "easy_german", "imprint", "privacy", "sign_language", "statement"]
