"""All pages of a city by its languages: what is there, what is outdated or missing, and one click to the work."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City
from contacts.rights import Role, memberships, translates_into

from ..models import Page, State
from .texts import language_states, page_url, pages_with_states

PER_PAGE = 25
NEEDS_WORK = "work"


class SelectionForm(forms.Form):
    """What of the matrix is shown. What does not exist is no selection."""

    city = forms.ChoiceField(label="Stadt", required=False)
    language = forms.ChoiceField(label="Sprache", required=False)
    state = forms.ChoiceField(
        label="Stand",
        required=False,
        choices=[
            ("", "alle"),
            (NEEDS_WORK, "braucht Arbeit"),
            (State.MISSING, "fehlt"),
            (State.OUTDATED, "veraltet"),
            (State.CHANGED, "Entwurf ist neuer"),
            (State.DRAFT, "Entwurf, noch nie öffentlich"),
            (State.PLANNED, "geplant"),
            (State.WITHDRAWN, "nicht mehr öffentlich"),
            (State.OWN, "eigener Text"),
        ],
    )
    kind = forms.ChoiceField(label="Art der Seite", required=False, choices=[("", "alle"), *Page.Kind.choices])
    q = forms.CharField(
        label="Wörter in der Überschrift", required=False, max_length=80, widget=forms.TextInput({"type": "search"})
    )

    def __init__(self, data, cities):
        super().__init__(data, auto_id="selection_%s")
        self.cities = {str(city.pk): city for city in cities}
        self.fields["city"].choices = [(number, city.name) for number, city in self.cities.items()]
        self.is_valid()
        self.city = self.cities.get(self.chosen("city"), cities[0])
        tags = [each.language for each in self.city.languages.all()]
        self.fields["language"].choices = [("", "alle"), *((tag, LANGUAGES[tag].german_name) for tag in tags)]
        if len(cities) == 1:
            del self.fields["city"]
        self.full_clean()

    def chosen(self, name):
        return self.cleaned_data.get(name, "")

    @property
    def is_narrowed(self):
        return any(self.chosen(name) for name in ("language", "state", "kind", "q"))

    def fits_page(self, page):
        words = self.chosen("q").casefold().split()
        titles = " ".join([page.slug, *(text.title for text in page.translations.all())]).casefold()
        return self.chosen("kind") in ("", page.kind) and all(word in titles for word in words)

    def fits_cells(self, cells):
        """Of the languages that are looked at."""
        language, state = self.chosen("language"), self.chosen("state")
        return not state or any(
            fits_state(cell, state) for cell in cells if cell and language in ("", cell.language.tag)
        )


def fits_state(cell, state):
    if state == NEEDS_WORK:
        return cell.needs_work
    return cell.draft_is_newer if state == State.CHANGED else cell.state == state


class Line:
    """A page with its state in each language."""

    def __init__(self, page, user):
        self.page, self.title, self.url = page, page.german_title(), page_url(page)
        self.states = {state.language.tag: state for state in language_states(page)}
        for state in self.states.values():
            state.may_write = state.translation or translates_into(user, state.language.tag, page.city_id)

    def needs_work_in(self, tags):
        return any(self.states[tag].needs_work for tag in tags if tag in self.states)


def own_languages(user, city):
    """Those that a translator of the city was given."""
    membership = memberships(user).get(city.pk)
    return membership.languages if membership and membership.role == Role.TRANSLATOR else []


def columns_of(city, lines, mine, language):
    """German, then the languages of the person, then the others; one language alone beside German."""
    tags = [each.language for each in city.languages.all()]
    tags += sorted({tag for line in lines for tag in line.states} - set(tags))
    tags.sort(key=lambda tag: (tag != SOURCE_LANGUAGE, tag not in mine))
    return [tag for tag in tags if not language or tag in (SOURCE_LANGUAGE, language)]


@require_safe
def matrix_view(request, model_admin):
    cities = list(City.objects.editable_by(request.user).prefetch_related("languages"))
    if not cities:
        raise PermissionDenied
    selection = SelectionForm(request.GET, cities)
    city, mine = selection.city, own_languages(request.user, selection.city)
    pages = [page for page in pages_with_states(Page.objects.for_city(city)) if selection.fits_page(page)]
    lines = [Line(page, request.user) for page in pages]
    columns = columns_of(city, lines, mine, selection.chosen("language"))
    lines = [line for line in lines if selection.fits_cells([line.states.get(tag) for tag in columns])]
    lines.sort(key=lambda line: not line.needs_work_in(mine))
    shown = Paginator(lines, PER_PAGE).get_page(request.GET.get("p"))
    for line in shown:
        line.cells = [(LANGUAGES[tag], line.states.get(tag)) for tag in columns]
    query = request.GET.copy()
    query.pop("p", None)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": f"Seiten und Sprachen: {city.name}" if len(cities) > 1 else "Seiten und Sprachen",
        "city": city,
        "selection": selection,
        "columns": [LANGUAGES[tag] for tag in columns],
        "lines": shown,
        "query": query.urlencode(),
        "mine": [LANGUAGES[tag] for tag in columns if tag in mine],
        "has_translations": len(city.languages.all()) > 1,
        "may_add": model_admin.has_add_permission(request),
    }
    return TemplateResponse(request, "admin/pages/matrix.html", context)
