"""The settings of a newer version, which has one migration more."""

from ki_site.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.failures.late"]  # noqa: F405
