import json

from .log import Action, record


class Audited:
    """For every ModelAdmin: what it writes into Django's history of an object is written into the audit trail, too."""

    def city_id_for_trail(self, obj):
        return getattr(obj, "city_id", None)

    def name_for_trail(self, obj):
        """Outlives the object: nothing of anybody who is no member of staff."""
        return str(obj)

    def note(self, action, request, obj, **words):
        city_id, name = self.city_id_for_trail(obj), self.name_for_trail(obj)
        record(action, obj, city_id=city_id, by=request.user, name=name, **words)

    def log_addition(self, request, obj, message):
        self.note(Action.ADDED, request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        fields, detail = what_changed(message)
        if fields or detail or not isinstance(message, list):
            self.note(Action.CHANGED, request, obj, fields=fields, detail=detail)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        objects = list(queryset)
        for obj in objects:
            self.note(Action.DELETED, request, obj)
        return super().log_deletions(request, objects)


def what_changed(message):
    """The fields that Django names, and a sentence of our own: neither says what somebody wrote."""
    if isinstance(message, str) and not message.startswith("["):
        return [], message
    parts = json.loads(message) if isinstance(message, str) else message
    fields = [
        f"{part['name']}: {field}" if "name" in part else field
        for change in parts
        for part in change.values()
        for field in part.get("fields", [])
    ]
    lines = [
        f"{part['name']} {word}"
        for change in parts
        for verb, word in (("added", "dazu"), ("deleted", "weg"))
        if (part := change.get(verb)) and "name" in part
    ]
    return [str(field) for field in fields], ", ".join(map(str, lines))
