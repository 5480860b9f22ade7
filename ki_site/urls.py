from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.static import serve

from contacts.converters import LanguageConverter
from contacts.views import accent_stylesheet

from . import views

register_converter(LanguageConverter, "language")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("akzent/<slug:color>.css", accent_stylesheet, name="accent_stylesheet"),
    # Uploads are few and small; in real use the web server in front hands them out.
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
    path("", include("offers.urls")),
    path("", include("events.urls")),
    # Last: any address below a city may be that of a page.
    path("", include("pages.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
