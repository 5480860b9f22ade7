"""Every field that takes a file: what is refused with which sentence, and what is left of what is taken."""

import io

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models
from PIL import Image as PillowImage
from PIL import ImageCms

from contacts.images import NO_ANIMATION, NO_GIF, NO_HEIC, NO_PICTURE, NO_SVG, PictureField
from contacts.models import Funder, Role
from contacts.uploads import NeutralName, OwnsFiles
from tests.factories import make_city, make_document, make_image, make_page, make_user, make_video
from tests.forms import form_data
from tests.uploads import GPS, SVG, animated, bomb, encoded, photo_with_place, upload

pytestmark = pytest.mark.django_db


def make_logo(city, file):
    city.logo = file
    city.full_clean()
    city.save()
    return city.logo


def make_funder_logo(city, file):
    funder = Funder(city=city, name="Land", logo=file)
    funder.full_clean()
    funder.save()
    return funder.logo


PICTURES = {
    "city": ("logo", make_logo),
    "funder": ("logo", make_funder_logo),
    "poster": ("poster", lambda city, file: make_video(city, poster=file).poster),
    "image": ("file", lambda city, file: make_image(city, file=file).file),
}
each_picture = pytest.mark.parametrize(("field", "keep"), PICTURES.values(), ids=PICTURES)

HOSTILE = {
    "svg": (SVG, "bild.svg", NO_SVG),
    "svg that calls itself png": (SVG, "bild.png", NO_SVG),
    "html that calls itself jpg": (b"<!doctype html><script>alert(1)</script>", "bild.jpg", NO_PICTURE),
    "program": (b"MZ\x90\x00" + b"\0" * 500, "bild.png", NO_PICTURE),
    "cut off": (encoded("JPEG", size=(900, 900))[:3000], "bild.jpg", NO_PICTURE),
    "broken inside": (encoded()[:45] + b"\xff" * 20 + encoded()[65:], "bild.png", NO_PICTURE),
    "gif": (animated("GIF"), "bild.gif", NO_GIF),
    "gif that calls itself png": (encoded("GIF"), "bild.png", NO_GIF),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "bild.jpg", NO_HEIC),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "bild.png", NO_PICTURE),
    "moving webp": (animated("WEBP"), "bild.webp", NO_ANIMATION),
    "moving png": (animated("PNG"), "bild.png", NO_ANIMATION),
    "empty": (b"", "bild.png", NO_PICTURE),
    "no pixels": (bomb(0, 10), "bild.png", NO_PICTURE),
    "more pixels than Pillow warns of": (bomb(10_000, 10_000), "bild.png", None),
    "more pixels than Pillow opens": (bomb(), "bild.png", None),
}


@each_picture
@pytest.mark.parametrize(("content", "name", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_file_that_is_no_harmless_picture_is_refused_with_a_sentence(field, keep, content, name, sentence):
    with pytest.raises(ValidationError) as refused:
        keep(make_city(), upload(content, name))
    [found] = refused.value.message_dict[field]
    assert found == sentence if sentence else found.startswith(("Das Bild hat zu viele", "Diese Datei ist kein"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            encoded(size=(1, 1)),
            "Das Bild ist zu klein. Bitte nehmen Sie eines mit mindestens 100 Bildpunkten in Breite und Höhe.",
        ),
        (bomb(8000, 6251), "Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es auf höchstens 50 Millionen."),
        (
            encoded() + b"x" * 20 * 1024 * 1024,
            "Die Datei ist zu groß. Bitte verkleinern Sie das Bild auf höchstens 20 MB.",
        ),
    ],
    ids=["1x1", "pixels", "bytes"],
)
def test_picture_of_the_library_has_a_sensible_size(content, sentence):
    with pytest.raises(ValidationError) as refused:
        make_image(make_city(), file=upload(content))
    assert refused.value.message_dict["file"] == [sentence]


@each_picture
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_kept_as_a_copy_without_what_hides_in_it(field, keep, kind):
    hidden = b"<script>alert(1)</script>PK\x03\x04%PDF-1.7 %%EOF"
    file = keep(make_city(), upload(encoded(kind) + hidden, "Frau Beispiel.php"))
    with file.open() as kept:
        content = kept.read()
    assert [part for part in (b"<script", b"PK\x03\x04", b"%PDF") if part in content] == []
    assert file.name.endswith((".png", ".jpg", ".webp"))
    assert "Beispiel" not in file.name


@each_picture
def test_photo_stands_upright_and_tells_no_place(field, keep):
    sent = photo_with_place()
    assert dict(PillowImage.open(io.BytesIO(sent)).getexif().get_ifd(GPS)) != {}
    file = keep(make_city(), upload(sent, "IMG_2026.jpg"))
    with file.open() as kept:
        content = kept.read()
        picture = PillowImage.open(io.BytesIO(content))
        assert (picture.size, dict(picture.getexif()), b"Beispielstrasse" in content) == ((180, 320), {}, False)


def test_sizes_of_a_photo_tell_no_place():
    image = make_image(make_city(), file=upload(photo_with_place(), "IMG_2026.jpg"))
    for name in image.file_names():
        with default_storage.open(name) as kept:
            picture = PillowImage.open(kept)
            assert (dict(picture.getexif()), picture.height > picture.width) == ({}, True)


def test_colours_are_turned_into_those_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    cmyk = upload(encoded("JPEG", mode="CMYK", color=(0, 255, 255, 0), icc_profile=b"nonsense"), "a.jpg")
    tagged = upload(encoded("JPEG", icc_profile=profile), "b.jpg")
    for file in (cmyk, tagged):
        with make_image(make_city(), file=file).file.open() as kept:
            picture = PillowImage.open(kept)
            red, green, blue = picture.getpixel((100, 100))
            assert (picture.mode, red > 200, green < 60, blue < 60) == ("RGB", True, True, True)
            assert "icc_profile" not in picture.info


def test_transparent_logo_stays_so_and_transparent_picture_gets_a_white_ground():
    content = encoded(mode="RGBA", color=(0, 0, 0, 0))
    with make_logo(make_city(), upload(content)).open() as kept:
        assert PillowImage.open(kept).getpixel((5, 5))[3] == 0
    with make_image(make_city(), file=upload(content)).file.open() as kept:
        assert PillowImage.open(kept).getpixel((5, 5)) == (255, 255, 255)


def test_every_upload_has_a_neutral_name_and_an_owner_that_removes_it():
    """A new field that takes files is found here."""
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert len(fields) == 7
    for field in fields:
        assert isinstance(field.upload_to, NeutralName), field
        assert issubclass(field.model, OwnsFiles), field
        assert not isinstance(field, models.ImageField), field
        assert isinstance(field, PictureField) or field.model.__name__ in ("Document", "SignLanguageVideo"), field


def test_logo_that_is_replaced_or_removed_is_deleted(client, django_capture_on_commit_callbacks):
    city = make_city()
    first = make_logo(city, upload(encoded())).name
    with django_capture_on_commit_callbacks(execute=True):
        second = make_logo(city, upload(encoded(color="blue"))).name
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    client.force_login(make_user(city, Role.MANAGER))
    address = f"/admin/contacts/city/{city.pk}/change/"
    data = form_data(client.get(address)) | {"logo": "", "logo-clear": "on", "_save": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, data).status_code == 302
    city.refresh_from_db()
    assert (city.logo.name, city.logo_width, default_storage.exists(second)) == ("", None, False)


def test_files_of_a_deleted_city_are_deleted(django_capture_on_commit_callbacks):
    here, there = make_city(), make_city()
    kept = make_image(there).file_names()
    image = make_image(here)
    replaced = image.file_names()
    image.file = upload(encoded(color="blue"))
    image.save()
    logo = make_logo(here, upload(encoded())).name
    document, video = make_document(here), make_video(here)
    make_page(here, translation={"picture": image, "picture_alternative": "Ein Haus."})
    names = {logo, document.file.name, video.file.name, video.poster.name} | image.file_names() | replaced
    assert all(default_storage.exists(name) for name in names | kept)
    with django_capture_on_commit_callbacks(execute=True):
        here.delete()
    assert [name for name in names if default_storage.exists(name)] == []
    assert all(default_storage.exists(name) for name in kept)


@pytest.mark.parametrize(("content", "name", "sentence"), list(HOSTILE.values())[:2])
def test_form_says_the_sentence_beside_the_field(client, content, name, sentence):
    city = make_city()
    client.force_login(make_user(city, Role.EDITOR))
    address = "/admin/pages/image/add/"
    data = form_data(client.get(address)) | {"title": "Bild", "credit": "Foto: Stadt", "file": upload(content, name)}
    response = client.post(address, data)
    assert response.context["adminform"].form.errors == {"file": [sentence]}
