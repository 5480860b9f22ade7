"""Ways from an offer to the rest of the site."""

from django import template

register = template.Library()


@register.filter
def focus_area_entry(offer, site):
    return site.find(pk=offer.focus_area_id) if offer.focus_area_id else None
