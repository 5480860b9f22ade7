"""What people come with and who they are: the words by which contacts, offers and events are found.

The value of a topic stands in addresses (`?thema=schule`); the audiences are those that all centres share.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    ARRIVING = "ankommen", _("Neu hier: Beratung und Hilfe")
    CHILDREN = "kita", _("Kleine Kinder und Kita")
    SCHOOL = "schule", _("Schule")
    GERMAN = "deutsch", _("Deutsch lernen")
    INTERPRETING = "dolmetschen", _("Dolmetschen")
    WORK = "arbeit", _("Ausbildung und Arbeit")
    VOLUNTEERING = "ehrenamt", _("Ehrenamt")
    ASSOCIATIONS = "vereine", _("Vereine und Projekte")
    FUNDING = "foerderung", _("Geld für Projekte")
    DISCRIMINATION = "diskriminierung", _("Gegen Rassismus und Diskriminierung")
    OPENNESS = "oeffnung", _("Vielfalt in Ämtern und Einrichtungen")


class Audience(models.TextChoices):
    NEWCOMERS = "newcomers", _("Menschen, die neu hier sind")
    PARENTS = "parents", _("Eltern und Familien")
    YOUTH = "youth", _("Jugendliche und junge Erwachsene")
    SCHOOLS = "schools", _("Schulen")
    DAYCARE = "daycare", _("Kitas und Kindertagespflege")
    VOLUNTEERS = "volunteers", _("Ehrenamtliche")
    INTERPRETERS = "interpreters", _("Menschen, die dolmetschen")
    ORGANISATIONS = "organisations", _("Vereine, Migrantenorganisationen und Träger")
    ADMINISTRATION = "administration", _("Verwaltung")
    POLITICS = "politics", _("Politik")
    PRESS = "press", _("Presse und Öffentlichkeit")
