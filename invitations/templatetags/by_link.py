"""What came by link for a text, for the form in which staff work on it."""

from django import template

from ..models import Suggestion, Verdict

register = template.Library()


@register.simple_tag
def waiting_by_link(text):
    """Suggestions and remarks that nobody has dealt with: two queries."""
    about = {"invitation__page": text.page_id, "invitation__language": text.language}
    return {
        "suggestions": Suggestion.objects.waiting().filter(**about).select_related("invitation").defer("texts"),
        "remarks": Verdict.objects.waiting().filter(**about).select_related("invitation"),
    }
