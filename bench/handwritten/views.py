import json

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info

from .models import Contact, Page

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
LANGUAGES = [(tag, get_language_info(tag.partition("-")[0])) for tag, _name in settings.LANGUAGES]


def page(request, language, city, slug):
    shown = get_object_or_404(
        Page.objects.select_related("city", "parent"), city__slug=city, language=language, slug=slug
    )
    menu = Page.objects.filter(city=shown.city, language=language, in_menu=True).order_by("position")
    contact = Contact.objects.filter(city=shown.city).first()
    context = {
        "language": language,
        "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "languages": LANGUAGES,
        "page": shown,
        "city": shown.city,
        "menu": menu.only("slug", "title"),
        "contact": contact,
        "status": status(contact.hours, timezone.localtime()),
        "address": request.build_absolute_uri(),
    }
    context["data"] = linked_data(context)
    return render(request, "page.html", context)


def status(hours, now):
    """(does it open or close, when) today, else ("opens", the first hour of the week)."""
    time = f"{now:%H:%M}"
    if now.weekday() < len(hours):
        opens, closes = hours[now.weekday()]
        if time < closes:
            return ("closes", closes) if time >= opens else ("opens", opens)
    return "opens", hours[0][0]


def linked_data(context):
    page, contact = context["page"], context["contact"]
    home = context["address"].removesuffix(f"{page.slug}/")
    hours = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{day}",
            "opens": opens,
            "closes": closes,
        }
        for day, (opens, closes) in zip(DAYS, contact.hours, strict=True)
    ]
    about = {
        "@type": "WebPage",
        "@id": context["address"],
        "url": context["address"],
        "name": page.title,
        "description": page.summary,
        "inLanguage": page.language,
        "dateModified": page.changed.isoformat(),
        "publisher": {"@id": f"{home}#ki"},
    }
    steps = [(page.city.centre_name, home), (page.title, context["address"])]
    if page.parent:
        steps.insert(1, (page.parent.title, f"{home}{page.parent.slug}/"))
    trail = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, 1)
        ],
    }
    office = {
        "@type": "GovernmentOffice",
        "@id": f"{home}#ki",
        "name": page.city.centre_name,
        "url": home,
        "parentOrganization": {"@type": "GovernmentOrganization", "name": page.city.authority},
        "address": {"@type": "PostalAddress", "streetAddress": contact.street, "addressLocality": contact.town},
        "telephone": contact.phone_uri,
        "email": contact.email,
        "openingHoursSpecification": hours,
    }
    nodes = {"@context": "https://schema.org", "@graph": [about, trail, office]}
    text = json.dumps(nodes, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.replace("<", "\\u003c"))  # noqa: S308
