"""What happens to every request and response, in the order of settings.MIDDLEWARE."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from contacts.languages import language_of_browser
from freshness.public_page import is_for_others_too

from . import health
from .encodings import ENCODERS, SMALLEST_WORTH_COMPRESSING, best_encoding

INTERFACE_LANGUAGES = {tag for tag, _name in settings.LANGUAGES}


def answer_health(get_response):
    """Before anything looks at the name that was called: load balancers ask by a bare address, without TLS."""

    def middleware(request):
        view = health.VIEWS.get(request.path_info, get_response)
        return view(request)

    return middleware


def compress_pages(get_response):
    """Brotli or gzip for public pages. Pages with a sign-in stay as they are: compression can leak their secrets."""

    def middleware(request):
        response = get_response(request)
        if (
            is_for_others_too(request, response)
            or response.streaming
            or response.has_header("Content-Encoding")
            or len(response.content) < SMALLEST_WORTH_COMPRESSING
            or request.path_info.startswith("/admin/")
        ):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if encoding := best_encoding(request.headers.get("Accept-Encoding", "")):
            response.content = ENCODERS[encoding](response.content)
            response["Content-Encoding"] = encoding
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def permissions_policy(get_response):
    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = (
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        )
        return response

    return middleware


def readers_language(request):
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := language_of_browser(tag)) in INTERFACE_LANGUAGES:
            return language
    return settings.LANGUAGE_CODE


def activate_language(get_response):
    """Readers get the language their address names, staff get German, and a bare address what the browser asks for."""

    def middleware(request):
        first_segment = request.path_info.lstrip("/").partition("/")[0]
        if first_segment in INTERFACE_LANGUAGES:
            language = first_segment
        elif first_segment == "admin":
            language = settings.LANGUAGE_CODE
        else:
            language = readers_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            return get_response(request)

    return middleware
