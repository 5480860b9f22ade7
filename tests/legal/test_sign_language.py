"""Films in German Sign Language: what may be uploaded, how the page shows them, what becomes of the files."""

import base64
import io
import re
import zlib
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from contacts.models import Role
from legal.models import SignLanguageVideo
from tests.factories import make_city, make_contact, make_page, make_user, make_video
from tests.test_site import words

pytestmark = pytest.mark.django_db

# A second and a half of black and white, made with Chromium's MediaRecorder.
TINY_VIDEO = zlib.decompress(
    base64.b64decode(
        "eNqTcr2/eL5TWyOj03cg/tTI4vS5kcOpqaU8NSnXqR3IbW1kkghuSGdkAAFmFUHf2SU7fXd3B69uEfVcmRa8pjEPwhMLWZcN5E2G8OSd"
        "t5UCeVd8d/cAeTLBu4FyTcxCb9YxkARAVizQur6xmd/JwaWzxeXcsxW+DW3OGUX5uanhjlAGyOY963Zdb2QsPtpu/imt/4F6dnMjY+i7"
        "Rsa21rD4sACLB3M3NArsahQIPgAU3jAhdCOQ2tnIFLqrkTd0dyMjyLEQ/zEZPW9kWHBu4eJGIEeAiWEuo5YAgwADAztHa2vHzJYORhUB"
        "hoRshn//d/13KF24bNkSoB1L5yMUMrZDFXIwMfDwJjD8++f7gGHBtoXTGhl1GC4C7RDgFWA4wHDoYP0CBgcGhtKFM5ZNAxkxcSMjA5tA"
        "DIMEg0SE/hcGDgaG30B37Fk4u5HxEEQfpwLDAcZGR6A+BaD19z+3oGsOQdbcxKgD1s0UgV33UnTdPqi6Dy3YDnQzcxtCNy43m6BoZIoA"
        "W8siQ6SjdVB0M7dBdG8m0tEqKLpZZIABPbWR9QHDRojuxQzM3Kz/Ghgx3KwjksCQmLD/AtBckL7NYFvZyol0swKKrawPQIm7d3f35kaG"
        "7W3APPSx8QoAkk4nZg=="
    )
)


def film(content=TINY_VIDEO, name="Frau Beispiel.webm"):
    return ContentFile(content, name=name)


def page_of(client, language="de"):
    return client.get(f"/{language}/hier/gebaerdensprache/")


def still(name="Frau Beispiel.png", size=(320, 180)):
    content = io.BytesIO()
    Image.new("RGB", size).save(content, "PNG")
    return ContentFile(content.getvalue(), name=name)


# --- The page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar"])
def test_video_is_shown_with_poster_size_and_german_transcript(client, language):
    video = make_video(make_city("hier"), recorded_on=date(2026, 5, 3))
    page = page_of(client, language).text
    [tag] = re.findall(r"<video [^>]*>", page)
    for attribute in (
        f'src="{video.file.url}"',
        f'poster="{video.poster.url}"',
        'width="320"',
        'height="180"',
        " controls",
        'preload="none"',
        " playsinline",
        'lang="gsg"',
        f'aria-labelledby="video-{video.pk}"',
    ):
        assert attribute in tag
    assert "autoplay" not in tag
    transcript = page.partition('<details class="transcript">')[2].partition("</details>")[0]
    assert '<div lang="de" dir="ltr"><p>Erste Zeile.<br>Zweite Zeile.</p></div>' in transcript
    assert client.get(video.file.url, headers={"Range": "bytes=0-1"}).status_code == 206


def test_videos_stand_in_the_order_of_their_subjects(client):
    city = make_city("hier")
    for subject in ("further", "statement", "content", "navigation"):
        make_video(city, subject=subject)
    headings = re.findall(r'<h2 id="video-\d+">([^<]+)</h2>', page_of(client).text)
    assert headings == [str(label) for label in SignLanguageVideo.Subject.labels]


def test_page_says_when_the_video_was_made_where_that_is_known(client):
    city = make_city("hier")
    make_video(city, recorded_on=date(2026, 5, 3))
    make_video(city)
    assert words(page_of(client)).count("Aufgenommen am") == 1


@pytest.mark.parametrize(("forms", "has_form"), [(["contact"], True), ([], False)])
def test_page_without_videos_says_so_and_names_phone_and_form(client, forms, has_form):
    city = make_city("hier", forms=forms)
    make_contact(city, is_main=True, phone="030 23125 001")
    make_video(make_city("dort"))
    page = page_of(client).text.partition('class="container legal"')[2].partition('class="contacts"')[0]
    assert "Hier gibt es noch keine Videos in Gebärdensprache." in page
    links = re.findall(r'href="([^"]+)"', page)
    form = ["/de/hier/anfrage/"] if has_form else []
    assert links == [*form, "tel:+493023125001", "/de/hier/barriere-melden/?seite=/de/hier/gebaerdensprache/"]


def test_notice_is_gone_once_there_is_a_video(client):
    city = make_city("hier")
    assert "noch keine Videos" in page_of(client).text
    make_video(city)
    assert "noch keine Videos" not in page_of(client).text


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_every_number_of_videos(client, django_assert_num_queries, number):
    city = make_city("hier")
    make_contact(city, is_main=True)
    for _video in range(number):
        make_page(city)
        make_video(city)
    with django_assert_num_queries(5):
        assert page_of(client).text.count("<video ") == number


# --- Files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"file": film(b"<script>alert(1)</script>")}, "file", "kein Video"),
        ({"file": film(name="seite.html")}, "file", "Dateiendung"),
        ({"poster": film(b"<svg/>", name="bild.png")}, "poster", "SVG-Dateien gehen hier nicht"),
        ({"transcript": ""}, "transcript", "nicht leer"),
    ],
)
def test_only_a_video_with_poster_and_words_is_taken(fields, field, message):
    with pytest.raises(ValidationError) as refused:
        make_video(make_city(), **fields)
    assert message in " ".join(refused.value.message_dict[field])


def test_names_of_the_files_tell_nothing():
    video = make_video(make_city())
    assert [name for name in (video.file.name, video.poster.name) if "Beispiel" in name] == []


def are_there(*names):
    return [SignLanguageVideo._meta.get_field("file").storage.exists(name) for name in names]


def test_files_of_a_deleted_video_are_gone_once_that_is_certain(django_capture_on_commit_callbacks):
    video = make_video(make_city())
    names = video.file.name, video.poster.name
    with django_capture_on_commit_callbacks(execute=True):
        video.delete()
        assert are_there(*names) == [True, True]
    assert are_there(*names) == [False, False]


@pytest.mark.parametrize(("field", "new"), [("file", film), ("poster", still)])
def test_replaced_file_is_gone_and_the_other_one_stays(django_capture_on_commit_callbacks, field, new):
    video = make_video(make_city())
    former = {"file": video.file.name, "poster": video.poster.name}
    with django_capture_on_commit_callbacks(execute=True):
        setattr(video, field, new())
        video.full_clean()
        video.save()
        assert are_there(*former.values()) == [True, True]
    assert are_there(*former.values()) == [field != "file", field != "poster"]
    assert are_there(video.file.name, video.poster.name) == [True, True]


def test_files_stay_when_only_the_words_change(django_capture_on_commit_callbacks):
    video = SignLanguageVideo.objects.get(pk=make_video(make_city()).pk)
    with django_capture_on_commit_callbacks(execute=True):
        video.transcript = "Neu."
        video.save()
    assert are_there(video.file.name, video.poster.name) == [True, True]


# --- Admin -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(Role.EDITOR, 302), (Role.MANAGER, 302), (Role.AUTHOR, 403), (Role.TRANSLATOR, 403)]
)
def test_editors_upload_videos(client, role, status):
    city = make_city()
    client.force_login(make_user(city, role))
    data = {"subject": "content", "file": film(), "poster": still(), "transcript": "Text."}
    assert client.post("/admin/legal/signlanguagevideo/add/", data).status_code == status
    assert SignLanguageVideo.objects.for_city(city).count() == (1 if status == 302 else 0)


def test_video_deleted_in_the_admin_leaves_no_file(client, django_capture_on_commit_callbacks):
    video = make_video(make_city())
    client.force_login(make_user(video.city, Role.EDITOR))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/legal/signlanguagevideo/{video.pk}/delete/", {"post": "yes"})
    assert are_there(video.file.name, video.poster.name) == [False, False]
