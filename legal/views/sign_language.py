from django.shortcuts import render

from freshness.public_page import public_page
from pages.site import load_site

from ..models import SignLanguageVideo


@public_page()
def sign_language(request, language, city_slug):
    site = load_site(language, city_slug)
    context = {"site": site, "videos": videos_of(site.city), "contacts": site.contacts()}
    return render(request, "legal/sign_language.html", context)


def videos_of(city):
    """In the order of the subjects: first what one finds here, last what else there is."""
    subjects = list(SignLanguageVideo.Subject)
    return sorted(SignLanguageVideo.objects.for_city(city), key=lambda video: subjects.index(video.subject))
