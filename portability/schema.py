"""The JSON Schema of a city's file, made from the models: an import is checked by what the documentation promises.

`docs/datenformat.schema.json` is this, written down; a test compares them.
"""

import json

from django.db import models
from jsonschema import Draft202012Validator

from contacts.fields import ChoiceListField

from .kinds import (
    CITY,
    FORMAT,
    INQUIRIES,
    LISTS,
    MEMBERSHIPS,
    PAGE_KINDS,
    PAGE_LISTS,
    PAGES,
    REVISION,
    TRANSLATION,
    VERSION,
)

SLUG = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80}
NUMBER = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
DIGESTS = {"type": "array", "items": DIGEST}
DAY, CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
WORDS = {"type": "array", "items": {"type": "string", "maxLength": 100}}
OF_JSON = {
    "function_translations": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 200}},
    "languages": WORDS,
    "example_fields": WORDS,
    "answers": {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": ["string", "number", "boolean", "null"]}, WORDS]},
    },
    "source_digests": {"$ref": "#/$defs/digests"},
    "equal_digests": {"type": "array", "items": {"$ref": "#/$defs/digests"}},
    "block_sources": {
        "type": "object",
        "properties": {
            "rendered": DIGESTS,
            "blocks": {
                "type": "array",
                "items": {"type": "array", "prefixItems": [DIGEST, DIGESTS], "items": False, "minItems": 2},
            },
        },
        "additionalProperties": False,
    },
}
LARGEST = {"PositiveSmallIntegerField": 2**15 - 1, "PositiveIntegerField": 2**31 - 1}


def of_kind(kind, /, **further):
    properties = {field.name: of_field(kind, field) for field in kind.fields}
    for name, part in kind.parts.items():
        properties[name] = {"type": "array", "items": of_kind(part)}
    return of_object(properties | further)


def of_object(properties, required=()):
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": sorted(required)} if required else {})


def of_field(kind, field):
    if target := kind.refers.get(field.name):
        return nullable(SLUG if target == PAGES else NUMBER)
    if isinstance(field, ChoiceListField):
        return {"type": "array", "items": {"enum": sorted(str(value) for value, _label in field.options)}}
    if isinstance(field, models.JSONField):
        return OF_JSON[field.name]
    schema = of_value(field)
    return nullable(schema) if field.null else schema


def of_value(field):
    match field:
        case models.BooleanField():
            return {"type": "boolean"}
        case models.IntegerField():
            return {"type": "integer", "minimum": 0, "maximum": LARGEST[field.get_internal_type()]}
        case models.DecimalField():
            return {"type": "string", "pattern": "^[0-9]{1,8}[.][0-9]{2}$"}
        case models.DateTimeField():
            return {"type": "string", "pattern": f"^{DAY}T{CLOCK}[+]00:00$"}
        case models.DateField():
            return {"type": "string", "pattern": f"^{DAY}$"}
        case models.TimeField():
            return {"type": "string", "pattern": f"^{CLOCK}$"}
        case models.FileField():
            return {"type": "string", "pattern": "^(media/[a-z0-9_/-]+[.][a-z0-9]{2,5})?$"}
        case _ if field.choices:
            values = sorted(str(value) for value, _label in field.flatchoices)
            return {"enum": [*values, ""] if field.blank else values}
        case _:
            return {"type": "string"} | ({"maxLength": field.max_length} if field.max_length else {})


def nullable(schema):
    return {"anyOf": [schema, {"type": "null"}]}


def city_schema():
    lists = {kind.name: of_list(kind) for kind in (*LISTS, INQUIRIES)}
    memberships = of_kind(MEMBERSHIPS, email={"type": "string", "maxLength": 254})
    return of_object(
        {
            "format": {"const": FORMAT},
            "version": {"type": "integer", "minimum": 1, "maximum": VERSION},
            "city": of_kind(CITY),
            "memberships": {"type": "array", "items": memberships},
        }
        | lists,
        required=("format", "version", "city"),
    )


def of_list(kind):
    return {"type": "array", "items": of_kind(kind, id=NUMBER) | {"required": ["id"]}}


def text_schema():
    revision = of_kind(REVISION) | {"required": ["visible_from"]}
    return of_kind(TRANSLATION, is_approved={"type": "boolean"}, revisions={"type": "array", "items": revision})


def page_schema():
    shared = {
        "slug": SLUG,
        "order": NUMBER,
        "former_slugs": {"type": "array", "items": SLUG},
        "texts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
    } | {name: {"type": "array", "items": NUMBER} for name in PAGE_LISTS}
    kinds = [of_kind(kind, kind={"const": name}) for name, kind in PAGE_KINDS.items()]
    for page in kinds:
        page["properties"] |= shared
    return {"oneOf": [page | {"required": ["kind", "order", "slug"]} for page in kinds]}


def whole_schema():
    digests = {"type": "object", "additionalProperties": {"anyOf": [DIGEST, DIGESTS]}}
    return {
        "$schema": Draft202012Validator.META_SCHEMA["$id"],
        "title": "Was eine Stadt eingegeben hat: city.json und pages/<Adresse>.json",
        "anyOf": [{"$ref": "#/$defs/city"}, {"$ref": "#/$defs/page"}],
        "$defs": {"city": city_schema(), "page": page_schema(), "text": text_schema(), "digests": digests},
    }


def as_text(schema):
    return json.dumps(schema, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def validator(name):
    """Of one of the two kinds of file."""
    schema = whole_schema()
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{name}"})
