from .city import City, CityLanguage, CityScopedQuerySet, Membership, Role
from .contact import Contact, Funder, Location, OpeningHours

__all__ = [
    "City",
    "CityLanguage",
    "CityScopedQuerySet",
    "Contact",
    "Funder",
    "Location",
    "Membership",
    "OpeningHours",
    "Role",
]
