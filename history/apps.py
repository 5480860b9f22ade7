from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "Frühere Daten"

    def ready(self):
        from .triggers import create, drop

        # Django's hooks around migrations: in SQLite a table made anew loses its triggers, and one that is named in
        # a trigger cannot lose a column.
        pre_migrate.connect(drop, sender=self)
        post_migrate.connect(create, sender=self)
