"""Small complete things for tests; every argument can be given."""

import io
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as PillowImage

from contacts.models import City, CityLanguage, Contact, Location, Membership
from events.models import Event, News
from inquiries.models import Inquiry
from invitations.models import Invitation, Suggestion
from legal.models import SignLanguageVideo
from offers.models import Call, Offer
from pages.models import Cost, Document, FocusArea, Image, Page, PageTranslation, SearchMiss
from reviews.models import ReviewRequest

_number = count(1)


def make_city(slug=None, languages=("de", "ar"), **fields):
    number = next(_number)
    slug = slug or f"stadt-{number}"
    defaults = {
        "name": slug.title(),
        "authority": f"Stadt {slug.title()}",
        "kind": City.Kind.INDEPENDENT_CITY,
        "government_region": City.GovernmentRegion.DETMOLD,
        "ags": f"{10000 + number}",
        "slug": slug,
        "centre_name": f"Kommunales Integrationszentrum {slug.title()}",
        "locative": f"in {slug.title()}",
        "is_public": True,
    }
    city = City(**defaults | fields)
    city.full_clean()
    city.save()
    for position, language in enumerate(languages):
        CityLanguage.objects.create(city=city, language=language, position=position)
    return city


def make_user(city=None, role=None, languages=(), **fields):
    user = User.objects.create_user(fields.pop("username", f"person{next(_number)}"), is_staff=True, **fields)
    if city:
        Membership.objects.create(user=user, city=city, role=role, languages=list(languages))
    return user


def make_page(city, language="de", published=True, model=Page, translation=None, **fields):
    """A page with one text; more languages by make_translation."""
    page = model(city=city, slug=fields.pop("slug", f"seite-{next(_number)}"), **fields)
    page.full_clean()
    page.save()
    make_translation(page, language, published=published, **translation or {})
    return page


def make_focus_area(city, **fields):
    return make_page(city, model=FocusArea, pillar=fields.pop("pillar", FocusArea.Pillar.EDUCATION), **fields)


def make_translation(page, language, published=True, **fields):
    defaults = {
        "title": f"Titel {page.slug}",
        "summary": "Kurz gesagt.",
        "body": "<p>Erster Absatz.</p><p>Zweiter Absatz.</p>",
    }
    translation = PageTranslation(page=page, language=language, **defaults | fields)
    translation.full_clean()
    translation.save()
    if published:
        translation.publish(by=None)
    return translation


def make_contact(city, **fields):
    contact = Contact(city=city, **{"function": "Beratung", "phone": "030 23125 001"} | fields)
    contact.full_clean()
    contact.save()
    return contact


def make_location(city, **fields):
    defaults = {"name": "Rathaus", "street": "Musterstraße 1", "postcode": "33602", "town": city.name}
    return Location.objects.create(city=city, **defaults | fields)


def make_document(city, **fields):
    file = ContentFile(b"%PDF-1.7 %%EOF", name="test.pdf")
    document = Document(city=city, **{"title": "Dokument", "file": file, "summary": "Das Wichtigste."} | fields)
    document.full_clean()
    document.save()
    return document


def make_event(city, starts_at, ends_at=None, **fields):
    """An event, of two hours where nothing else is said."""
    ends_at = ends_at or starts_at + timedelta(hours=2)
    return make_page(city, model=Event, starts_at=starts_at, ends_at=ends_at, **fields)


def make_news(city, **fields):
    return make_page(city, model=News, responsible=fields.pop("responsible", "Zentrum"), **fields)


def make_offer(city, **fields):
    defaults = {"model": Offer, "pillar": "education", "cost": Cost.ASK}
    return make_page(city, **defaults | fields)


def make_call(city, **fields):
    return make_page(city, **{"model": Call, "programme": "Programm"} | fields)


def make_search_miss(city, **fields):
    day = timezone.localdate()
    return SearchMiss.objects.create(
        city=city, **{"language": "de", "word": "wort", "first_day": day, "last_day": day} | fields
    )


def make_inquiry(city, kind="contact", **fields):
    day = timezone.localdate()
    defaults = {"language": "de", "message": "Guten Tag", "due_on": day, "receipt_token": f"beleg-{next(_number)}"}
    return Inquiry.objects.create(city=city, kind=kind, **defaults | fields)


def picture_file(width=320, height=180, name="bild.png"):
    data = io.BytesIO()
    PillowImage.new("RGB", (width, height)).save(data, "PNG")
    return ContentFile(data.getvalue(), name=name)


def make_image(city, **fields):
    image = Image(city=city, **{"title": "Bild", "file": picture_file(), "credit": "Foto: Stadt"} | fields)
    image.full_clean()
    image.save()
    return image


def make_review_request(item, **fields):
    """Somebody was asked today about a page or a contact."""
    day = timezone.localdate()
    about = {"page_id" if isinstance(item, Page) else "contact_id": item.pk}
    defaults = {"due_on": day, "sent_at": timezone.now(), "deputy_on": day, "overdue_on": day + timedelta(days=14)}
    return ReviewRequest.objects.create(city=item.city, **about | defaults | fields)


def make_proposal(item, **fields):
    """A change that somebody without an account proposed."""
    request = fields.pop("request", None) or make_review_request(item)
    about = {"city": item.city, "page": request.page, "contact": request.contact}
    return request.proposals.create(**about | {"proposed_by": "Kim Beispiel"} | fields)


def make_video(city, **fields):
    """Its bytes begin like those of a film; nothing plays them."""
    defaults = {
        "subject": "content",
        "file": ContentFile(b"\x1aE\xdf\xa3 test", name="test.webm"),
        "poster": picture_file(),
        "transcript": "Erste Zeile.\nZweite Zeile.",
    }
    video = SignLanguageVideo(city=city, **defaults | fields)
    video.full_clean()
    video.save()
    return video


def make_invitation(page, kind="preview", language="de", **fields):
    """A link; a member of staff who asks for it is `created_by`."""
    invitation = Invitation(city=page.city, page=page, kind=kind, language=language, **{"name": "Mona Muster"} | fields)
    invitation.full_clean()
    invitation.save()
    return invitation


def make_suggestion(invitation, **fields):
    texts = {"title": "عنوان", "summary": "باختصار.", "body": "<p>الأول.</p><p>الثاني.</p>"}
    return Suggestion.objects.create(invitation=invitation, **{"texts": texts} | fields)
