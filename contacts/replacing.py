"""A person leaves: another contact takes the place in everything that refers to the old one, and back again."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from .models import Contact, ContactReplacement

# What keeps its own record of a contact that was.
RECORDS = (ContactReplacement,)


@dataclass(frozen=True)
class Relation:
    """A field of some model that names contacts."""

    model: type[models.Model]
    field: str
    is_many: bool

    @property
    def key(self):
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def label(self):
        return self.model._meta.get_field(self.field).verbose_name

    def objects_naming(self, contact):
        found = self.model._default_manager.filter(**{self.field: contact})
        if hasattr(found, "for_city"):
            found = found.for_city(contact.city_id)
        return found.prefetch_related("translations") if hasattr(self.model, "german_title") else found


def relations():
    """Every field that names contacts, of every app, found by itself.

    What is deleted with its contact is a part of it, not a reference; what outlives it untouched is a copy.
    """
    found = []
    for relation in Contact._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model in RECORDS:
            continue
        is_reference = relation.many_to_many or relation.on_delete not in (models.CASCADE, models.DO_NOTHING)
        if is_reference and not relation.related_model._meta.auto_created:
            found.append(Relation(relation.related_model, relation.field.name, relation.many_to_many))
    return sorted(found, key=lambda relation: relation.key)


@dataclass(frozen=True)
class Reference:
    """A place where a contact is named."""

    relation: Relation
    object: models.Model

    @property
    def title(self):
        return self.object.german_title() if hasattr(self.object, "german_title") else str(self.object)

    @property
    def kind(self):
        shown = getattr(self.object, "get_kind_display", None) if hasattr(self.object, "german_title") else None
        return shown() if shown else self.relation.model._meta.verbose_name


def references(contact):
    """Everything that names a contact; one or two queries for each relation."""
    return [Reference(relation, each) for relation in relations() for each in relation.objects_naming(contact)]


@transaction.atomic
def replace(old, new, by, make_main=False):
    """Puts `new` where `old` is named, and says where that was."""
    old, new = _locked(old.pk, new.pk)
    if old == new or old.city_id != new.city_id:
        raise ValidationError("Bitte wählen Sie einen anderen Kontakt derselben Stadt.")
    rows = [_put(reference, old, new) for reference in references(old)]
    moves_main = make_main and old.is_main
    if moves_main:
        _move_main(old, new)
    return ContactReplacement.objects.create(
        city_id=old.city_id,
        old=old,
        new=new,
        old_name=str(old),
        new_name=str(new),
        rows=rows,
        main_moved=moves_main,
        created_by=by,
    )


def _locked(*numbers):
    found = Contact.objects.select_for_update().order_by("pk").in_bulk(numbers)
    return [found[number] for number in numbers]


def _move_main(giver, taker):
    for contact, is_main in ((giver, False), (taker, True)):
        contact.is_main = is_main
        contact.save(update_fields=["is_main"])


def _put(reference, old, new):
    place, field = reference.object, reference.relation.field
    row = {
        "relation": reference.relation.key,
        "pk": place.pk,
        "title": reference.title,
        "kind": str(reference.kind),
        "was_there": False,
    }
    if reference.relation.is_many:
        chosen = getattr(place, field)
        row["was_there"] = chosen.filter(pk=new.pk).exists()
        chosen.add(new)
        chosen.remove(old)
    else:
        # Nobody can stand in for themselves.
        row["was_there"] = place == new
        _name(place, field, None if place == new else new)
    return row


def _name(place, field, contact):
    setattr(place, field, contact)
    place.save(update_fields=[field])


@transaction.atomic
def undo(replacement, by):
    """Gives the old contact its places back, where they are as the replacement left them. Notes where they are not."""
    replacement = ContactReplacement.objects.select_for_update().get(pk=replacement.pk)
    if replacement.undone_at:
        return replacement
    if replacement.old_id is None or replacement.new_id is None:
        raise ValidationError("Einen der beiden Kontakte gibt es nicht mehr. Das lässt sich nicht rückgängig machen.")
    old, new = _locked(replacement.old_id, replacement.new_id)
    by_key = {relation.key: relation for relation in relations()}
    failed = [row["title"] for row in replacement.rows if not _take_back(row, by_key.get(row["relation"]), old, new)]
    if replacement.main_moved:
        if new.is_main:
            _move_main(new, old)
        else:
            failed.append("Hauptkontakt")
    replacement.undone_at, replacement.undone_by, replacement.not_undone = timezone.now(), by, failed
    replacement.save()
    return replacement


def _take_back(row, relation, old, new):
    place = relation and relation.model._default_manager.filter(pk=row["pk"]).first()
    if place is None:
        return False
    if relation.is_many:
        return _take_back_chosen(getattr(place, relation.field), row, old, new)
    expected = None if row["was_there"] else new.pk
    if getattr(place, f"{relation.field}_id") != expected:
        return False
    _name(place, relation.field, old)
    return True


def _take_back_chosen(chosen, row, old, new):
    if not chosen.filter(pk=new.pk).exists() or chosen.filter(pk=old.pk).exists():
        return False
    chosen.add(old)
    if not row["was_there"]:
        chosen.remove(new)
    return True
