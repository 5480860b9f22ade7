"""What people see who come by a link."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from contacts.languages import SOURCE_LANGUAGE
from pages.models import PageRevision, PageTranslation
from pages.translation_rows import TranslationRows
from pages.views.preview import framed_page, preview_page

from .closed import frame_of
from .forms import RemarkForm
from .links import LinkIsClosed, by_link, path_of
from .models import Invitation, Suggestion

Kind = Invitation.Kind

# Longer numbers are no versions, and databases choke on them.
MOST_DIGITS = 9


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(Kind.TRANSLATE, Kind.PREVIEW, Kind.APPROVE)
def open_invitation(request, invitation):
    """Shows what the invitation is for, and takes what comes back."""
    return VIEWS[invitation.kind](request, invitation)


# --- Translating -----------------------------------------------------------------------------------


def translate(request, invitation):
    """The German text and its translation block by block. What is saved is a suggestion, until staff decide."""
    suggestion = invitation.latest_suggestion()
    working_copy = working_copy_of(invitation, suggestion)
    source = source_of(invitation.page)
    context = frame_of(invitation.city) | {"invitation": invitation, "suggestion": suggestion}
    if not TranslationRows.fits(working_copy, source):
        context["contacts"] = context["centre"].contacts()
        return render(request, "invitations/not_in_rows.html", context)
    rows = TranslationRows(request.POST or None, translation=working_copy, source=source)
    if request.method == "POST" and rows.is_valid():
        invitation.suggest(rows, working_copy)
        return redirect(request.path)
    return render(request, "invitations/translate.html", context | {"rows": rows}, status=422 if rows.errors else 200)


def working_copy_of(invitation, suggestion):
    """The words to go on with, never stored themselves: the own ones, or the draft once they were taken over."""
    text = invitation.text() or PageTranslation(language=invitation.language)
    text.page = invitation.page
    if suggestion and suggestion.state != Suggestion.State.ACCEPTED:
        suggestion.write_to(text)
    return text


def source_of(page):
    """The German text that is public, or its draft before it is."""
    public = PageRevision.objects.live().filter(translation__page=page, translation__language=SOURCE_LANGUAGE)
    return public.first() or page.translations.get(language=SOURCE_LANGUAGE)


# --- Looking and approving -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@by_link(Kind.PREVIEW, Kind.APPROVE)
def framed_draft(request, invitation):
    """The draft as it will look, in the language of the address; nothing but this page."""
    return framed_page(request, text_to_show(invitation, get_language()))


def text_to_show(invitation, language):
    """Of a preview the text in any language of the page; who approves sees what they are asked about."""
    texts = invitation.page.translations.select_related("page__city")
    if invitation.kind == Kind.APPROVE:
        language = invitation.language
    text = texts.filter(language=language).first() or texts.filter(language=invitation.language).first()
    if text is None:
        raise LinkIsClosed(invitation)
    return text


def frame_url(invitation, text):
    return reverse("invitations:draft", args=[text.language, invitation.token])


def preview(request, invitation):
    text = text_to_show(invitation, get_language())
    languages = [
        (each.info, reverse("invitations:open", args=[each.language, invitation.token]))
        for each in invitation.page.translations.order_by("pk")
    ]
    return preview_page(
        request, "invitations/preview.html", frame_url(invitation, text), languages, text=text, invitation=invitation
    )


def approve(request, invitation):
    """An approval or a remark, for exactly the version that was shown."""
    text = text_to_show(invitation, invitation.language)
    form = RemarkForm(request.POST if "remark" in request.POST else None)
    has_changed = False
    if request.method == "POST":
        version = seen_version(request)
        if "approve" in request.POST:
            if invitation.approve(version):
                return redirect(path_of(invitation))
            has_changed = True
        elif form.is_valid():
            invitation.say(version, form.cleaned_data["remark"])
            return redirect(path_of(invitation))
    response = preview_page(
        request,
        "invitations/approve.html",
        frame_url(invitation, text),
        [],
        text=text,
        invitation=invitation,
        form=form,
        has_changed=has_changed,
        verdicts=invitation.verdicts.all(),
    )
    response.status_code = 409 if has_changed else 422 if form.errors else 200
    return response


def seen_version(request):
    """0, which no text has, for what is no number."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) <= MOST_DIGITS else 0


VIEWS = {Kind.TRANSLATE: translate, Kind.PREVIEW: preview, Kind.APPROVE: approve}
