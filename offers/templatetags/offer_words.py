"""Ways from an offer to people and to the rest of the site."""

from django import template

register = template.Library()


@register.filter
def first_to_call(contacts, date):
    """Whom to call on a date: the first who is there and real, or the deputy of somebody who is not there."""
    there = (contact.deputy_on(date) or (None if contact.is_absent_on(date) else contact) for contact in contacts)
    return next((contact for contact in there if contact and contact.phone and not contact.is_example), None)


@register.filter
def focus_area_entry(offer, site):
    return site.find(pk=offer.focus_area_id) if offer.focus_area_id else None
