from pages.models import Page


class AgencyPage(Page):
    """A page as translation agencies get it. It has no table of its own: the admin needs a place for its screens."""

    class Meta:
        proxy = True
        verbose_name = "Seite für ein Übersetzungsbüro"
        verbose_name_plural = "Übersetzungsbüro"
