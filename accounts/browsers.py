"""By which browser somebody signs in: said in mails, and known again by a signed cookie that only the sign-in reads."""

from django.conf import settings
from django.core import signing

SALT = "accounts.browsers"
MOST_ACCOUNTS = 10

BROWSERS = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
SYSTEMS = [
    ("Windows", "Windows"),
    ("iPhone", "einem iPhone"),
    ("iPad", "einem iPad"),
    ("Mac OS X", "einem Mac"),
    ("Android", "Android"),
    ("Linux", "Linux"),
]


def first_named(pairs, text):
    return next((name for part, name in pairs if part in text), "")


def words_for(user_agent):
    """`Firefox auf Windows`: enough to know one's own computer by."""
    browser, system = first_named(BROWSERS, user_agent), first_named(SYSTEMS, user_agent)
    if not browser and not system:
        return "unbekanntes Programm"
    return " auf ".join(filter(None, [browser or "Browser", system]))


def accounts_known(request):
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        known = signing.loads(cookie, salt=SALT, max_age=settings.KNOWN_BROWSER_COOKIE_AGE)
    except signing.BadSignature:
        return []
    return known if isinstance(known, list) else []


def is_known(request, user):
    return user.pk in accounts_known(request)


def remember(request, response, user):
    known = [user.pk, *(pk for pk in accounts_known(request) if pk != user.pk)][:MOST_ACCOUNTS]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(known, salt=SALT),
        max_age=settings.KNOWN_BROWSER_COOKIE_AGE,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
