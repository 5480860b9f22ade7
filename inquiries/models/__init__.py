from .deletion import DeletionRecord
from .inquiry import Inquiry, State
from .mail import OutgoingMail
from .settings import FormSettings, InterpretingRules
from .submissions import SubmissionCount

__all__ = [
    "DeletionRecord",
    "FormSettings",
    "Inquiry",
    "InterpretingRules",
    "OutgoingMail",
    "State",
    "SubmissionCount",
]
