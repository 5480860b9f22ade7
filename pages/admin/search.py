"""What editors keep for the search of their city, and what people looked for in vain."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join

from contacts.city_admin import CityScopedAdmin

from ..models import LanguageWish, SearchMiss, SearchSynonym
from ..search.words import words


@admin.register(SearchSynonym)
class SearchSynonymAdmin(CityScopedAdmin):
    list_display = ["word", "meaning"]
    search_fields = ["word", "meaning"]
    fields = ["word", "meaning"]

    def save_model(self, request, synonym, form, change):
        """A word with a meaning is no longer looked for in vain."""
        super().save_model(request, synonym, form, change)
        for miss in SearchMiss.objects.for_city(synonym.city):
            if words(miss.word) == words(synonym.word):
                miss.delete()


@admin.register(SearchMiss)
class SearchMissAdmin(CityScopedAdmin):
    """The words are counted by the search itself; here they become synonyms or go away."""

    list_display = ["word", "language", "count", "last_day", "what_to_do"]
    list_select_related = ["city"]
    empty_value_display = "alle Zentren"  # a search over all cities has none
    search_fields = ["word"]
    fields = ["word", "language", "count", "first_day", "last_day"]

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        for miss in changelist.result_list:
            miss.may_edit = self.has_delete_permission(request, miss)
        return changelist

    @admin.display(description="Nächster Schritt")
    def what_to_do(self, miss):
        links = [("Löschen", reverse("admin:pages_searchmiss_delete", args=[miss.pk]))]
        if miss.city_id:
            query = urlencode({"city": miss.city_id, "word": miss.word})
            links.insert(0, ("Synonym anlegen", f"{reverse('admin:pages_searchsynonym_add')}?{query}"))
        return format_html_join(" · ", '<a href="{1}">{0}</a>', links) if miss.may_edit else ""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(LanguageWish)
class LanguageWishAdmin(CityScopedAdmin):
    """Counted by the start page itself; to be read."""

    list_display = ["language", "month_shown", "count"]
    list_select_related = ["city"]
    fields = ["language", "month", "count"]

    @admin.display(description="Monat", ordering="month")
    def month_shown(self, wish):
        return date_format(wish.month, "F Y")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
