from hashlib import sha256
from importlib import import_module

from django.db import migrations, models

again = import_module("pages.migrations.0003_offers_calls_events_and_news")

PLAIN_FIELDS = (
    "title",
    "short_title",
    "summary",
    "situation",
    "for_whom",
    "steps",
    "bring",
    "not_here",
    "cost_note",
    "picture_alternative",
)


def digest_of_lines(text):
    words = "\n".join(words for line in text.splitlines() if (words := " ".join(line.split())))
    return sha256(words.encode()).hexdigest()[:16]


def see_lines(apps, schema_editor):
    """Fingerprints of plain texts now see their lines, which are items of lists: nothing is outdated by that."""
    PageTranslation = apps.get_model("pages", "PageTranslation")
    for german in PageTranslation.objects.filter(language="de"):
        new_of = {}
        for text in [german, *german.revisions.all()]:
            rewrite_own(text, new_of)
        for translation in PageTranslation.objects.filter(page=german.page_id).exclude(pk=german.pk):
            for text in [translation, *translation.revisions.all()]:
                rewrite_own(text, {})
                source = {field: new_of.get((field, str(old)), old) for field, old in text.source_digests.items()}
                type(text).objects.filter(pk=text.pk).update(source_digests=source)


def rewrite_own(text, new_of):
    digests = dict(text.digests)
    for field in PLAIN_FIELDS:
        if field in digests:
            new_of[field, digests[field]] = digests[field] = digest_of_lines(getattr(text, field))
    type(text).objects.filter(pk=text.pk).update(digests=digests)


class Migration(migrations.Migration):

    dependencies = [
        ("pages", "0013_internal_links_are_references"),
    ]

    operations = [
        # SQLite makes the table of revisions anew, and its triggers would be gone with the old one.
        migrations.RunPython(again.remove_rule, again.add_rule_again),
        migrations.AddField(
            model_name="pagerevision",
            name="equal_digests",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="pagetranslation",
            name="block_sources",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.RunPython(again.add_rule_again, again.remove_rule),
        migrations.RunPython(see_lines, migrations.RunPython.noop),
    ]
