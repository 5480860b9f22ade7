from django.apps import AppConfig


class OutageConfig(AppConfig):
    name = "ki_site.outage"
