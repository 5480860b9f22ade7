from .city import City, CityLanguage, CityScopedQuerySet, Membership, Role
from .contact import Contact, Funder, Location, OpeningHours
from .replacement import ContactReplacement
from .review import Reviewed

__all__ = [
    "City",
    "CityLanguage",
    "CityScopedQuerySet",
    "Contact",
    "ContactReplacement",
    "Funder",
    "Location",
    "Membership",
    "OpeningHours",
    "Reviewed",
    "Role",
]
