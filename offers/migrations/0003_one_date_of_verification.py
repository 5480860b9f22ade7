from django.conf import settings
from django.db import migrations


def move_dates_to_pages(apps, schema_editor):
    """Pages of every kind have such a date now. Of a person with an account stays the name."""
    for offer in apps.get_model("offers", "Offer").objects.exclude(last_checked=None).select_related("last_checked_by"):
        user = offer.last_checked_by
        name = f"{user.first_name} {user.last_name}".strip() or user.username if user else ""
        apps.get_model("pages", "Page").objects.filter(pk=offer.pk).update(
            last_verified=offer.last_checked, verified_by=name
        )


def move_dates_back(apps, schema_editor):
    for offer in apps.get_model("offers", "Offer").objects.exclude(last_verified=None):
        offer.last_checked = offer.last_verified
        offer.save(update_fields=["last_checked"])


class Migration(migrations.Migration):

    dependencies = [
        ("offers", "0002_wording"),
        ("pages", "0011_who_verified"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(move_dates_to_pages, move_dates_back),
        migrations.RemoveField(model_name="offer", name="last_checked"),
        migrations.RemoveField(model_name="offer", name="last_checked_by"),
    ]
