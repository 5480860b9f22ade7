from .city import City, CityLanguage, CityScopedQuerySet, Membership, Role
from .contact import Contact, Funder, Location, OpeningHours
from .review import Reviewed

__all__ = [
    "City",
    "CityLanguage",
    "CityScopedQuerySet",
    "Contact",
    "Funder",
    "Location",
    "Membership",
    "OpeningHours",
    "Reviewed",
    "Role",
]
