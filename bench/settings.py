"""The settings of the site with the twelve interface languages that it is measured with.

Those that the site does not have yet are shipped by Django; their pages show the interface in German.
"""

from ki_site.settings import *  # noqa: F403
from ki_site.settings import LANGUAGES

LANGUAGES = [
    *LANGUAGES,
    ("pl", "Polnisch"),
    ("ro", "Rumänisch"),
    ("bg", "Bulgarisch"),
    ("fr", "Französisch"),
    ("fa", "Persisch"),
]
