"""What a reply begins with, so that staff write only what is new."""

from django.utils import timezone

from contacts.inquiry_kinds import InquiryKind

PLACE = "[Hier schreiben Sie Ihre Antwort]"

# Of a report that a reply repeats. Its sender knows the rest.
LONGEST_QUOTE = 1000  # letters
QUOTE = "> "

ABOUT = {
    InquiryKind.CONTACT: "Sie haben uns am {day} geschrieben. Die Nummer Ihrer Nachricht ist {number}.",
    InquiryKind.HELP: "Sie haben uns am {day} um Hilfe gebeten. Die Nummer Ihrer Nachricht ist {number}.",
    InquiryKind.INTERPRETER: "Sie haben am {day} Sprachmittlung angefragt. Die Nummer Ihrer Nachricht ist {number}.",
    InquiryKind.BARRIER: "Sie haben uns am {day} eine Barriere gemeldet. Die Nummer Ihrer Nachricht ist {number}.",
}


def answer_template(inquiry, place=PLACE):
    return in_paragraphs(inquiry, [place])


def interim_template(inquiry):
    """For a report of a barrier that takes longer than two weeks."""
    sentences = [
        "Wir arbeiten daran, brauchen aber noch etwas Zeit.",
        f"Sie bekommen bis zum {inquiry.latest_on:%d.%m.%Y} eine Antwort.",
    ]
    return in_paragraphs(inquiry, [" ".join(sentences)])


def why_no_interim(inquiry, today):
    """Why a report of a barrier gets no interim message any more; nothing if it may."""
    if inquiry.is_settled:
        return "Diese Meldung ist schon erledigt. Eine Zwischennachricht passt nicht mehr."
    if today > inquiry.latest_on:
        return (
            f"Für eine Zwischennachricht ist es zu spät: Seit dem {inquiry.latest_on:%d.%m.%Y} muss die Antwort da "
            "sein. Bitte schreiben Sie jetzt die Antwort."
        )
    return ""


def in_paragraphs(inquiry, middle):
    received = timezone.localdate(inquiry.received_at)
    about = ABOUT[inquiry.kind].format(day=f"{received:%d.%m.%Y}", number=inquiry.number)
    greeting = f"Guten Tag {inquiry.name}," if inquiry.name else "Guten Tag,"
    paragraphs = [greeting, about, *reported(inquiry), *middle, "Mit freundlichen Grüßen", inquiry.city.centre_name]
    return "\n\n".join(paragraphs)


def reported(inquiry):
    """What somebody reported as a barrier, in their own words."""
    if inquiry.kind != InquiryKind.BARRIER:
        return []
    page = inquiry.answers.get("page_address")
    where = [f"Seite: {page}"] if page else []
    lines = [QUOTE + line for line in shortened(inquiry.message).splitlines()]
    return ["\n".join(["Sie haben gemeldet:", *where, *lines])]


def shortened(text):
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()} …"


def has_place_left(text):
    """Whether nothing was written where the answer belongs. What somebody reported is not looked at."""
    return any(PLACE in line for line in text.splitlines() if not line.startswith(QUOTE))
