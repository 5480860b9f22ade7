from django.db import models


class City(models.Model):
    """The table of the site, as far as the page shows it."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    authority = models.CharField(max_length=120)
    centre_name = models.CharField(max_length=120)
    accent_color = models.CharField(max_length=7)

    class Meta:
        managed = False
        db_table = "contacts_city"

    def __str__(self):
        return self.name


class Page(models.Model):
    city = models.ForeignKey(City, on_delete=models.CASCADE)
    language = models.CharField(max_length=12)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=240)
    body = models.TextField()
    changed = models.DateTimeField()
    in_menu = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_text", fields=["city", "language", "slug"])]
        indexes = [models.Index(name="menu", fields=["city", "language", "in_menu", "position"])]

    def __str__(self):
        return self.title


class Contact(models.Model):
    city = models.ForeignKey(City, on_delete=models.CASCADE)
    function = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    phone_uri = models.CharField(max_length=20)
    email = models.EmailField()
    languages = models.JSONField()
    place = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    town = models.CharField(max_length=80)
    hours = models.JSONField()  # ["08:30", "16:00"] for each weekday
    funders = models.JSONField()

    def __str__(self):
        return self.function
