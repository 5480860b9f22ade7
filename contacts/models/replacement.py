from django.conf import settings
from django.db import models

from .city import City, CityScopedQuerySet
from .contact import Contact


class ContactReplacement(models.Model):
    """One contact was put everywhere in another's place: what was replaced, so that it can be undone."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="contact_replacements")
    old = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    new = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    # How they were called then; a contact may be deleted later.
    old_name = models.CharField(max_length=250)
    new_name = models.CharField(max_length=250)
    # One for each place: {"relation", "pk", "title", "kind", "was_there"}.
    rows = models.JSONField(default=list)
    main_moved = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # What had been changed again since and was left as it is.
    not_undone = models.JSONField(default=list)

    objects = CityScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Ersetzung eines Kontakts"
        verbose_name_plural = "Ersetzungen von Kontakten"
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.old_name} → {self.new_name}"
