"""Numbers, addresses and names that belong to a contact: as data they are right in every language at once."""

import re

import phonenumbers

from .findings import hint, quoted

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}\w{2,24}")
# The fields of a contact that hold a number.
NUMBERS = ("phone_uri", "mobile_uri", "fax_uri")


def numbers_and_addresses(text):
    for passage in text.passages:
        for written, value in typed_in(passage):
            yield hint(what_to_do(written, owner(value, text)), passage)


def typed_in(passage):
    """(as written, as a contact keeps it) of each number and address, in words and in links."""
    written = [*((email, email.lower()) for email in EMAIL.findall(passage.words)), *numbers_in(passage.words)]
    seen = {value for _written, value in written}
    return written + [(words, value) for words, value in linked_in(passage) if value not in seen]


def linked_in(passage):
    for link in passage.links:
        scheme, _colon, target = link.href.partition(":")
        if scheme == "tel":
            yield from numbers_in(target)
        if scheme == "mailto" and "@" in target:
            address = target.partition("?")[0]
            yield address, address.lower()


def numbers_in(words):
    for match in phonenumbers.PhoneNumberMatcher(words, "DE", leniency=phonenumbers.Leniency.VALID):
        yield match.raw_string, phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


def owner(value, text):
    for contact in text.contacts:
        if value in {contact.email.lower(), *(getattr(contact, field) for field in NUMBERS)}:
            return contact
    return None


def what_to_do(written, contact):
    thing = "Diese E-Mail-Adresse" if "@" in written else "Diese Nummer"
    if contact:
        return (
            f"{quoted(written)}: {thing} steht schon beim Kontakt „{contact.function}“. Wählen Sie diesen Kontakt "
            "bei der Seite aus, und löschen Sie sie hier. Dann stimmt sie immer und in allen Sprachen."
        )
    return (
        f"{quoted(written)}: {thing} steht nur im Text. Legen Sie einen Kontakt an, und wählen Sie ihn bei der "
        "Seite aus. Dann stimmt sie immer und in allen Sprachen."
    )


def names(text):
    for contact in text.contacts:
        name = " ".join(contact.name.split())
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        for passage in text.passages if name else []:
            if pattern.search(" ".join(passage.lines)):
                yield hint(
                    f"{quoted(name)} steht schon beim Kontakt „{contact.function}“. Wählen Sie diesen Kontakt bei "
                    "der Seite aus, und nennen Sie hier die Aufgabe. Dann stimmt der Text auch, wenn jemand geht.",
                    passage,
                )
                break
