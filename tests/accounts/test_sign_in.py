import pytest
from django.core.cache import cache
from django.urls import reverse

from contacts.models import Role
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "drei-zufaellige-worte"
SIGN_IN = "/admin/login/"


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person():
    return make_user(make_city(), Role.EDITOR, username="anna", email="anna@example.org", password=PASSWORD)


def sign_in(client, login="anna", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": login, "password": password}, **more)


@pytest.mark.parametrize("login", ["anna", "anna@example.org", "Anna@Example.org"])
def test_one_signs_in_by_name_or_address(client, person, login):
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
