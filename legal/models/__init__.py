from .easy_german import EasyGermanPage
from .imprint import Imprint
from .privacy import PrivacyInformation
from .sign_language import SignLanguageVideo
from .statement import AccessibilityStatement, Barrier

__all__ = [
    "AccessibilityStatement",
    "Barrier",
    "EasyGermanPage",
    "Imprint",
    "PrivacyInformation",
    "SignLanguageVideo",
]
