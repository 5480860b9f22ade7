import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DataError, IntegrityError, transaction

from contacts.colors import DARK_SURFACES, LIGHT_SURFACES, contrast, for_dark_surfaces, lowest_contrast
from contacts.models import City, CityLanguage, Membership, Role
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == 21


def test_contrast_of_the_palette_is_as_published():
    assert round(contrast("#2044AA", "#FFFFFF"), 2) == 8.51


@pytest.mark.parametrize("color", ["#2044AA", "#1B6B3A", "#9A2A3C", "#000000", "#7E01A8"])
def test_accent_color_is_readable_on_dark_surfaces(color):
    assert lowest_contrast(color, LIGHT_SURFACES) >= 4.5
    assert lowest_contrast(for_dark_surfaces(color), DARK_SURFACES) >= 6


@pytest.mark.parametrize("color", ["#FFCC00", "#88AAFF", "red", "#12345", "#2044AG"])
def test_city_refuses_a_weak_or_unknown_accent_color(color):
    with pytest.raises(ValidationError) as error:
        make_city(accent_color=color)
    assert list(error.value.message_dict) == ["accent_color"]


@pytest.mark.parametrize("ags", ["0571", "057110", "05711A", "ABCDE", "057110000"])
def test_database_refuses_an_ags_that_has_not_5_or_8_digits(ags):
    city = make_city()
    # PostgreSQL calls nine digits too long before it looks at the rule.
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        City.objects.filter(pk=city.pk).update(ags=ags)


@pytest.mark.parametrize("ags", ["05711", "05334002"])
def test_city_takes_an_ags_of_5_or_8_digits_and_keeps_the_zero(ags):
    assert City.objects.get(pk=make_city(ags=ags).pk).ags == ags


def test_city_has_a_language_once():
    city = make_city(languages=["de"])
    with pytest.raises(IntegrityError), transaction.atomic():
        CityLanguage.objects.create(city=city, language="de")


def test_load_centres_enters_all_54_and_changes_nothing_when_run_again():
    call_command("load_centres", verbosity=0)
    City.objects.filter(slug="hamm").update(centre_name="Anders")
    City.objects.filter(slug="herne").update(ags="05999")
    call_command("load_centres", verbosity=0)
    assert City.objects.count() == 54
    assert City.objects.get(slug="hamm").centre_name == "Anders"
    assert City.objects.get(slug="maerkischer-kreis").locative == "im Märkischen Kreis"
    assert City.objects.get(slug="aachen").ags == "05334002"


@pytest.mark.parametrize(
    ("role", "wanted", "sees"),
    [
        (Role.EDITOR, [Role.EDITOR, Role.MANAGER], True),
        (Role.AUTHOR, [Role.EDITOR, Role.MANAGER], False),
        (Role.TRANSLATOR, list(Role), True),
    ],
)
def test_editable_by_asks_for_the_role_in_that_city(role, wanted, sees):
    own, other = make_city(), make_city()
    user = make_user(own, role)
    assert other not in City.objects.editable_by(user, list(Role))
    assert list(City.objects.editable_by(user, wanted)) == ([own] if sees else [])


def test_editable_by_gives_an_inactive_person_nothing():
    city = make_city()
    user = make_user(city, Role.MANAGER, is_active=False)
    assert list(City.objects.editable_by(user)) == []
    superuser = make_user(is_superuser=True, is_active=False)
    assert list(Membership.objects.editable_by(superuser)) == []


def test_accent_stylesheet_gives_both_themes_and_may_be_kept_for_ever(client):
    response = client.get("/akzent/1b6b3a.css")
    assert response["Content-Type"] == "text/css"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ":root{--accent:#1B6B3A;--deep:#1B6B3A}" in response.text
    assert for_dark_surfaces("#1B6B3A") in response.text


@pytest.mark.parametrize("color", ["ffcc00", "nonsense", "1b6b3"])
def test_accent_stylesheet_knows_no_weak_color(client, color):
    assert client.get(f"/akzent/{color}.css").status_code == 404
