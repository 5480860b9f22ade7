from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Prüfungen"

    def ready(self):
        from invitations.links import register
        from invitations.models import Invitation

        register(Invitation.Kind.REVIEW, "reviews:review")
