"""What a city took over from the state-wide texts, and which version of them it knows."""

from django.db import models, transaction
from django.db.models import Prefetch, Q

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import CityScopedQuerySet
from pages.internal_links import moved_to_city, rewrite
from pages.models import Page, PageRevision, PageTranslation
from pages.richtext import blocks, digest


class AdoptionQuerySet(CityScopedQuerySet):
    city_path = "page__city"

    def with_versions(self):
        """With what `Adoption.news` compares: three queries more, however many there are."""
        live = PageRevision.objects.live().select_related("translation")
        return self.select_related("page__city", "source__city").prefetch_related(
            Prefetch("texts", AdoptedText.objects.select_related("revision")),
            Prefetch("source__translations", PageTranslation.objects.defer("body")),
            Prefetch("source__translations__revisions", live, to_attr="live_revisions"),
            "page__city__languages",
        )


class Adoption(models.Model):
    """A city's page that was made from a state-wide one, and goes on knowing it."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="adoption", verbose_name="Seite")
    source = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="adoptions", verbose_name="Landesweiter Text"
    )

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = "Übernommener Text"
        verbose_name_plural = "Übernommene Texte"
        ordering = ["page"]
        constraints = [
            models.CheckConstraint(name="adoption_is_of_another_page", condition=~Q(page=models.F("source")))
        ]

    def __str__(self):
        return self.page.slug

    @property
    def is_withdrawn(self):
        """Of an adoption loaded `with_versions`: there is nothing to follow any more."""
        return not any(translation.live_revisions for translation in self.source.translations.all())

    @property
    def news(self):
        """(live revision, what the city knows of that language or None) of each that says something else now.

        Of an adoption loaded `with_versions`. Compared by words: publishing the same again is no news.
        """
        known = {text.language: text for text in self.texts.all()}
        wanted = {city_language.language for city_language in self.page.city.languages.all()}
        live = [revision for translation in self.source.translations.all() for revision in translation.live_revisions]
        return [
            (revision, known.get(revision.translation.language))
            for revision in live
            if revision.translation.language in wanted
            and (revision.translation.language not in known or known[revision.translation.language].differs(revision))
        ]


class AdoptedText(models.Model):
    """The version of a state-wide text that a city knows in one language, whether it took it or kept its own."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    revision = models.ForeignKey(PageRevision, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "Fassung eines übernommenen Textes"
        verbose_name_plural = "Fassungen übernommener Texte"
        constraints = [models.UniqueConstraint(name="adopted_text_once_per_language", fields=["adoption", "language"])]

    def __str__(self):
        return f"{self.adoption} ({LANGUAGES[self.language].german_name})"

    def differs(self, revision):
        return self.revision.digests != revision.digests


# A picture belongs to the city that has it, and so do the words for it.
TEXTS = tuple(field for field in PageTranslation.TEXT_FIELDS if field != "picture_alternative")


def changed_fields(known, newer):
    """Names of the texts that say something else in the newer version; all that it has if nothing is known."""
    return [name for name in TEXTS if getattr(newer, name) != (getattr(known, name) if known else "")]


def source_digests_of(revision):
    """What a copy of a translation renders: the German text without words for a picture that is not copied."""
    return {field: digest for field, digest in revision.source_digests.items() if field in TEXTS}


def own_links(adoption):
    """Of an address in the state-wide text: what the city's text means. Adopted pages are its own ones."""
    adopted = Adoption.objects.filter(page__city=adoption.page.city_id).order_by("-pk")
    pages = dict(adopted.values_list("source", "page")) | {adoption.source_id: adoption.page_id}
    slugs = adoption.source.city.slug, adoption.page.city.slug
    return lambda address: moved_to_city(address, pages, slugs)


def digests_with_links(revision, change):
    """`source_digests_of` a translation, whose German text has the changed links in the city."""
    german = PageRevision.objects.live().filter(
        translation__page=revision.translation.page_id, translation__language=SOURCE_LANGUAGE
    )
    renewed = {digest(block): digest(rewrite(block, change)) for text in german for block in blocks(text.body)}
    digests = source_digests_of(revision)
    return digests | {"body": [renewed.get(block, block) for block in digests["body"]]} if digests else {}


class Changed(Exception):
    """Somebody saved the draft in the meantime."""


@transaction.atomic
def take(adoption, newer, fields, seen_version, by):
    """Puts the named texts of a newer version into the city's draft; from then on the city knows that version.

    `seen_version` is the version of the draft that was looked at, 0 if there was none. Nothing becomes public.
    Raises Changed if the draft is another one by now.
    """
    language = newer.translation.language
    drafts = adoption.page.translations.select_for_update()
    draft = drafts.filter(language=language).first() or PageTranslation(page=adoption.page, language=language)
    if draft.version != seen_version:
        raise Changed
    if fields:
        write(draft, newer, fields, own_links(adoption), by)
    adoption.texts.update_or_create(language=language, defaults={"revision": newer})


def write(draft, newer, fields, change, by):
    words = {field: getattr(newer, field) for field in TEXTS} | {"body": rewrite(newer.body, change)}
    for field in fields:
        setattr(draft, field, words[field])
    if all(getattr(draft, field) == words[field] for field in TEXTS):
        draft.source_digests = digests_with_links(newer, change)
    elif draft.pk is None and not draft.is_source:
        draft.source_digests = {"body": []}  # a translation that renders nothing of its source yet
    draft.updated_by = by
    draft.full_clean()
    draft.save()
