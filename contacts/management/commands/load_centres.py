import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from contacts.languages import SOURCE_LANGUAGE
from contacts.models import City, CityLanguage

CENTRES = Path(settings.BASE_DIR) / "contacts" / "data" / "centres.csv"


class Command(BaseCommand):
    help = (
        "Enters the 54 Kommunale Integrationszentren that are not in the database yet. Changes nothing that is there."
    )

    def handle(self, **options):
        # A key or an address that was corrected by hand stays as it is.
        known = set(City.objects.values_list("ags", flat=True)) | set(City.objects.values_list("slug", flat=True))
        with CENTRES.open(encoding="utf-8", newline="") as file:
            new = [City(**row) for row in csv.DictReader(file) if not known & {row["ags"], row["slug"]}]
        for city in new:
            city.full_clean()
            city.save()
            CityLanguage.objects.create(city=city, language=SOURCE_LANGUAGE)
        self.stdout.write(f"{len(new)} Zentren eingetragen, {City.objects.count() - len(new)} waren schon da.")
