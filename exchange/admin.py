"""The screens for translation agencies: choose pages and take the file along, bring a file back."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from audit.log import Action, record
from contacts.city_admin import CityScopedAdmin
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City
from contacts.models.city import EVERYBODY
from contacts.rights import translates_into
from pages.admin.texts import language_states, pages_with_states
from pages.models import Page, State

from .delivery import ReportChanged, accept, report_on, ticket
from .export import load_works, to_xliff
from .forms import UploadForm, languages_written_by
from .models import AgencyPage
from .reading import FileError

ALL, OPEN = "alle", "offen"
OPEN_STATES = (State.MISSING, State.OUTDATED)


@admin.register(AgencyPage)
class AgencyPageAdmin(CityScopedAdmin):
    # Reading is enough to have something translated; what comes back is checked text by text.
    change_roles = EVERYBODY

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="exchange_agencypage_changelist"),
            path("einlesen/", view(self.import_view), name="exchange_agencypage_import"),
            path("uebernehmen/", view(self.accept_view), name="exchange_agencypage_accept"),
        ]

    def context(self, request, title, **more):
        return self.admin_site.each_context(request) | {"opts": self.opts, "title": title} | more

    def changelist_view(self, request, extra_context=None):
        """The pages of a city in one language, to be ticked; sent off, they come back as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        city_id = self.city_id_for_adding(request)
        if city_id is None:
            return self.choose_city(request)
        city = City.objects.get(pk=city_id)
        languages = [each.info for each in city.languages.all() if each.language != SOURCE_LANGUAGE]
        tag = request.GET.get("language")
        language = next((each for each in languages if each.tag == tag), languages[0] if languages else None)
        if request.method == "POST":
            return self.export(request, city, language)
        return TemplateResponse(
            request,
            "admin/exchange/select.html",
            self.context(
                request,
                "Texte übersetzen lassen",
                city=city,
                several_cities=City.objects.editable_by(request.user)[1:2],
                languages=languages,
                language=language,
                may_import=bool(languages_written_by(request.user)),
                may_write=bool(language and translates_into(request.user, language.tag, city.pk)),
                **self.selection(request, city, language),
            ),
        )

    def choose_city(self, request):
        cities = City.objects.editable_by(request.user)
        context = self.context(request, "Texte übersetzen lassen: aus welcher Stadt?", cities=cities)
        return TemplateResponse(request, "admin/exchange/choose_city.html", context)

    def selection(self, request, city, language):
        """What there is to be ticked: all pages, those with something to do, or those that were asked for."""
        which = request.GET.get("which") if request.GET.get("which") in (ALL, OPEN) else OPEN
        rows = self.rows(city, language) if language else []
        asked_for = [row for row in rows if str(row["page"].pk) in request.GET.getlist("page")]
        if asked_for:
            return {"rows": asked_for, "which": "", "all_ticked": len(asked_for) == 1}
        shown = rows if which == ALL else [row for row in rows if row["state"].state in OPEN_STATES]
        return {"rows": shown, "which": which, "all_ticked": which == OPEN, "has_pages": bool(rows)}

    def rows(self, city, language):
        pages = pages_with_states(Page.objects.for_city(city))
        return [
            {"page": page, "state": state}
            for page in pages
            for state in language_states(page)
            if state.language == language
        ]

    def export(self, request, city, language):
        own = {str(page.pk): page.pk for page in Page.objects.for_city(city).only("pk")}
        wanted = request.POST.getlist("pages")
        if language is None or not own.keys() >= set(wanted):
            raise Http404
        works = load_works(Page.objects.for_city(city).filter(pk__in=[own[number] for number in wanted]), language.tag)
        if not works:
            messages.error(request, "Bitte wählen Sie mindestens eine Seite, die schon einen deutschen Text hat.")
            return redirect(request.get_full_path())
        count = f"{len(works)} {'Seite' if len(works) == 1 else 'Seiten'}, {language.german_name}"
        record(Action.EXPORTED, kind="exchange.agencypage", city_id=city.pk, by=request.user, detail=count)
        file_name = f"{city.slug}-{language.tag}-{timezone.localdate():%Y-%m-%d}.xlf"
        return HttpResponse(
            to_xliff(works, language.tag),
            content_type="application/x-xliff+xml",
            headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
        )

    def import_view(self, request):
        """Takes a file and reports on it; nothing is stored."""
        languages = languages_written_by(request.user)
        if not languages:
            raise PermissionDenied
        posted = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
        form = UploadForm(languages=languages, initial={"language": request.GET.get("language")}, **posted)
        if form.is_valid():
            data, language = form.cleaned_data["file"].read(), form.cleaned_data["language"]
            try:
                reports = report_on(data, language, request.user)
                return self.show_report(request, data, language, reports)
            except FileError as error:
                form.add_error("file", str(error))
        return TemplateResponse(
            request, "admin/exchange/import.html", self.context(request, "Übersetzungen einlesen", form=form)
        )

    def show_report(self, request, data, language, reports):
        context = self.context(
            request,
            "Prüfen und übernehmen",
            language=LANGUAGES[language],
            reports=reports,
            writing=[report for report in reports if report.writes],
            ticket=ticket(data, language, request.user, reports),
        )
        return TemplateResponse(request, "admin/exchange/report.html", context)

    @method_decorator(require_POST)
    def accept_view(self, request):
        """Stores what the report said."""
        try:
            written = accept(request.POST.get("ticket", ""), request.user)
        except ReportChanged as changed:
            messages.warning(
                request,
                "Seit dem Bericht hat jemand etwas geändert. Nichts ist gespeichert. Bitte prüfen Sie neu.",
            )
            return self.show_report(request, changed.data, changed.language, changed.reports)
        except FileError as error:
            messages.error(request, str(error))
            return redirect("admin:exchange_agencypage_import")
        except (IntegrityError, ValidationError):
            messages.error(
                request, "Das Speichern hat nicht geklappt. Nichts ist geändert. Bitte laden Sie die Datei noch einmal."
            )
            return redirect("admin:exchange_agencypage_import")
        return self.say_what_was_stored(request, written)

    def say_what_was_stored(self, request, written):
        if not written:
            messages.info(request, "Es gab nichts zu speichern.")
            return redirect("admin:exchange_agencypage_import")
        count = "Ein Text ist" if len(written) == 1 else f"{len(written)} Texte sind"
        messages.success(
            request,
            f"{count} als Entwurf gespeichert. Für Besucher*innen hat sich nichts geändert. "
            "Öffnen Sie jede Seite, prüfen Sie den Entwurf und veröffentlichen Sie ihn.",
        )
        first = written[0].draft
        query = [("city", first.page.city_id), ("language", first.language)]
        query += [("page", report.page.pk) for report in written if report.page.city_id == first.page.city_id]
        return redirect(f"{reverse('admin:exchange_agencypage_changelist')}?{urlencode(query)}")
