"""Until when an answer is to be there, in words and in a colour."""

from django.utils.html import format_html

# Days before the due date from which it counts as near.
NEAR = 2


def due_words(days):
    if days < 0:
        return f"seit {-days} Tagen überfällig" if days < -1 else "seit 1 Tag überfällig"
    return {0: "heute fällig", 1: "morgen fällig"}.get(days) or f"in {days} Tagen"


def due_level(days):
    if days < 0:
        return "late"
    return "near" if days <= NEAR else "far"


def deletion_words(end, held_by):
    return f"noch nicht gelöscht: {held_by}" if held_by else f"wird am {end:%d.%m.%Y} gelöscht"


def due_mark(due_on, today):
    days = (due_on - today).days
    return format_html(
        '<span class="due due-{}">{}</span> <span class="due-date">{}</span>',
        due_level(days),
        due_words(days),
        f"{due_on:%d.%m.%Y}",
    )
