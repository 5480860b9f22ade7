"""What people can use, and the calls in which money for projects can be applied for."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import CityScopedQuerySet, Contact
from pages.models import FocusArea, ForPeople, Page, Usable


class Offer(Page, Usable):
    """Something the centre does for people. `starts_at` and `ends_at` of its page say when there is such an offer."""

    KIND = Page.Kind.OFFER

    class Access(models.TextChoices):
        EVERYBODY = "everybody", _("Alle können das nutzen.")
        INSTITUTIONS = "institutions", _("Nur Einrichtungen können anfragen, zum Beispiel Schulen, Kitas und Ämter.")
        ORGANISATIONS = "organisations", _("Für Vereine, Migrantenorganisationen und Träger.")
        REFERRED = "referred", _("Eine Einrichtung meldet Sie an, zum Beispiel die Kita oder die Schule.")

    pillar = models.CharField("Säule", max_length=24, choices=FocusArea.Pillar.choices)
    focus_area = models.ForeignKey(
        FocusArea,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name="Arbeitsschwerpunkt",
    )
    access = models.CharField("Wer kann das nutzen?", max_length=16, choices=Access.choices, default=Access.EVERYBODY)
    individual_advice = models.BooleanField(
        "Hier gibt es persönliche Beratung",
        default=False,
        help_text="Können einzelne Menschen mit ihrer Frage kommen? Ohne Haken steht auf der Seite: "
        "„Hier gibt es keine persönliche Beratung.“ Darunter steht, wo es sie gibt.",
    )
    advice_contact = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Persönliche Beratung gibt es sonst bei",
        help_text="Nur wenn es hier keine Beratung gibt. Andere Stellen legen Sie zuerst unter „Kontakte“ an. "
        "Leer: Die Seite führt zu Ihren Angeboten mit Beratung.",
    )
    # None: nobody has said; the page is silent then.
    appointment_needed = models.BooleanField(
        "Braucht man einen Termin?",
        null=True,
        blank=True,
        default=None,
        help_text="Bei „Unbekannt“ sagt die Seite nichts dazu.",
    )
    is_by_phone = models.BooleanField("Auch am Telefon", default=False)
    age_from = models.PositiveSmallIntegerField("Alter von", null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(
        "Alter bis", null=True, blank=True, help_text="In Jahren. Dieses Alter gehört noch dazu."
    )
    lead_time_days = models.PositiveSmallIntegerField(
        "Vorlauf in Tagen", null=True, blank=True, help_text="Wie viele Tage vorher muss man anfragen?"
    )
    leika_key = models.CharField(
        "LeiKa-Schlüssel",
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", "Der LeiKa-Schlüssel hat 14 Ziffern.")],
        help_text="14 Ziffern aus dem Leistungskatalog der Verwaltung. Sie kennen sie nicht? Lassen Sie das Feld leer.",
    )
    # Which standard offer of the catalogue this was adopted from.
    standard = models.SlugField(max_length=60, blank=True, editable=False)

    objects = CityScopedQuerySet.as_manager()

    class Meta(Usable.Meta):
        verbose_name = "Angebot"
        verbose_name_plural = "Angebote"
        constraints = [
            *Usable.Meta.constraints,
            models.CheckConstraint(name="offer_pillar_is_known", condition=Q(pillar__in=FocusArea.Pillar.values)),
            models.CheckConstraint(
                name="offer_ages_in_order",
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_from__lte=F("age_to")),
                violation_error_message="„Alter bis“ ist kleiner als „Alter von“. Bitte prüfen Sie beide Zahlen.",
            ),
        ]

    def clean(self):
        super().clean()
        for field in ("focus_area", "advice_contact", "location"):
            related = getattr(self, field)
            if related and related.city_id != self.city_id:
                raise ValidationError({field: "Das gehört zu einer anderen Stadt."})


class Call(Page, ForPeople):
    """A call for applications. `starts_at` and `ends_at` of its page are the instants at which it opens and closes."""

    KIND = Page.Kind.CALL

    programme = models.CharField("Programm", max_length=120, help_text="Zum Beispiel „KOMM-AN NRW, Baustein B“.")
    amount_max = models.DecimalField("Betrag in Euro", max_digits=10, decimal_places=2, null=True, blank=True)
    amount_is_fixed = models.BooleanField(
        "Das ist ein fester Betrag",
        default=False,
        help_text="Ohne Haken steht auf der Seite „höchstens“ vor dem Betrag.",
    )
    own_share = models.PositiveSmallIntegerField(
        "Eigenanteil in Prozent",
        null=True,
        blank=True,
        help_text="Diesen Teil der Kosten zahlt, wer das Geld beantragt. Bei 0 steht auf der Seite „nichts“.",
    )
    proof_until = models.DateField(
        "Verwendungsnachweis bis",
        null=True,
        blank=True,
        help_text="Bis dahin zeigen die Geförderten, wofür sie das Geld ausgegeben haben.",
    )

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Förderaufruf"
        verbose_name_plural = "Förderaufrufe"
        constraints = [
            models.CheckConstraint(
                name="call_own_share_is_a_percentage",
                condition=Q(own_share__isnull=True) | Q(own_share__lte=100),
                violation_error_message="Der Eigenanteil liegt zwischen 0 und 100 Prozent.",
            ),
        ]
