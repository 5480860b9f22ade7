"""What is in the database before the first picture: the demo, people with accounts, somebody who asks for help."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from contacts.models import City, Contact, Membership, Role
from inquiries.models import Inquiry
from pages.models import Page

from .site import PASSWORD


def fill(part):
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_centres", verbosity=0)
    call_command("load_demo", verbosity=0)
    bielefeld, bochum = City.objects.get(slug="bielefeld"), City.objects.get(slug="bochum")
    add_person(bielefeld, Role.EDITOR, "Erika", "Beispiel")
    add_person(bielefeld, Role.MANAGER, "Lea", "Leitung")
    add_person(bochum, Role.MANAGER, "Kim", "Muster")
    User.objects.create_superuser("betrieb", "betrieb@example.org", PASSWORD)
    if part == "handbook":
        make_almost_ready(bochum)
    ask_for_help(bielefeld)


def add_person(city, role, first_name, last_name):
    user = User.objects.create_user(
        first_name.lower(),
        f"{first_name.lower()}@example.org",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
        is_staff=True,
    )
    Membership.objects.create(user=user, city=city, role=role)


def make_almost_ready(city):
    """Not public, and one field short of it."""
    Page.objects.for_city(city).update(is_example=False)
    Contact.objects.for_city(city).update(is_example=False, has_example_hours=False)
    for record in (city.imprint, city.privacy_information, city.accessibility_statement, city.easy_german_page):
        record.example_fields = []
        record.save()
    city.imprint.phone = ""
    city.imprint.save()
    city.is_public = False
    city.save()


def ask_for_help(city):
    inquiry = Inquiry(
        city=city,
        kind="help",
        language="de",
        name="Sara Beispiel",
        email="sara@example.org",
        phone="030 23125 011",
        message="Guten Tag, meine Tochter ist 7 Jahre alt. Wir sind neu hier. Wie melde ich sie in der Schule an?",
        answers={"topics": ["schule"], "languages": ["ar"], "child_age": ["6-9"], "reachable": ["morning"]},
        due_on=timezone.localdate() + timedelta(days=3),
    )
    inquiry.full_clean()
    inquiry.save()
