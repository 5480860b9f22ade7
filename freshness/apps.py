from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class FreshnessConfig(AppConfig):
    name = "freshness"
    verbose_name = "Aktualität"

    def ready(self):
        from .triggers import create, drop

        # For the reason that history/apps.py gives.
        pre_migrate.connect(drop, sender=self)
        post_migrate.connect(create, sender=self)
