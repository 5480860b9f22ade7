import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ki_site.settings")


class Utf8Request(WSGIRequest):
    """Everything that is sent to us is UTF-8.

    Django would read the query in the charset that Content-Type names, before anything of ours could answer:
    `charset=hex` is an error of the server then, on every page.
    """

    encoding = None


django_application = get_wsgi_application()
django_application.request_class = Utf8Request

# Models can be imported only now.
from .outage.border import from_snapshot  # noqa: E402
from .own_domains import learn_domains  # noqa: E402
from .page_cache import PageCache  # noqa: E402
from .warmth import warm  # noqa: E402

application = PageCache(django_application)
application.instead = from_snapshot(django_application)
application.on_change.append(learn_domains(application))
if settings.METRICS_ARE_ON:
    from .metrics import copy_counts

    application.watcher.each_time.append(copy_counts(application))

warm()
