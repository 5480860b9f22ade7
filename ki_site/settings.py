"""Settings of the whole site; everything that differs between machines comes from the environment."""

import ipaddress
import re
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from .mail import mail_settings
from .storage import media_folder, media_storage

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What differs between machines -------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env("SECRET_KEY", default="only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing: set it in the environment, or start with bin/serve, which makes one."
    )

# HTTPS=0 is for a try-out on one's own machine; everywhere else the site stands behind TLS.
HTTPS = env.bool("HTTPS", default=True)

# The address that staff get in mails: https://ki.example.org. Without it, the name by which the visitor called us.
SITE_URL = env("SITE_URL", default="").strip().rstrip("/")
if SITE_URL and not re.fullmatch(r"https?://[^\s/?#@]+", SITE_URL):
    raise ImproperlyConfigured("SITE_URL is malformed: write https:// and the name of the site, and nothing after it.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Who is told of a hole, in /.well-known/security.txt: e-mail or https addresses, the most wanted first.
SECURITY_CONTACTS = env.list("SECURITY_CONTACT", default=[])

# How many of our own proxies stand in front. So many entries at the end of X-Forwarded-For are believed.
PROXY_COUNT = env.int("PROXY_COUNT", default=int(HTTPS))

# Where mail goes out: smtp+tls://user:password@host:587. Without it mails wait in the database.
email_url = env("EMAIL_URL", default="").strip()
MAIL_IS_SET_UP = bool(email_url)
vars().update(mail_settings(email_url))
EMAIL_TIMEOUT = max(1, env.int("EMAIL_TIMEOUT", default=10))  # seconds, for each answer of the server
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="website@localhost")

# State-wide offices of NRW named on every city's legal pages. Check them before the site goes online.
OMBUDS_OFFICE_URL = env("OMBUDS_OFFICE_URL", default="https://www.lbbp.nrw.de/ombudsstelle")
MONITORING_BODY_EMAIL = env("MONITORING_BODY_EMAIL", default="ueberwachungsstelle-nrw@it.nrw.de")
DATA_PROTECTION_AUTHORITY_URL = env("DATA_PROTECTION_AUTHORITY_URL", default="https://www.ldi.nrw.de")

# Where the site writes: the SQLite file and uploads.
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data")))

# How long former contacts, hours and places are remembered for "the page as it was": they may name people.
FORMER_DATA_TERM = timedelta(days=max(1, env.int("FORMER_DATA_DAYS", default=3 * 365)))

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ki-site.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Immediate transactions make two writers queue instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # What was answered with a receipt is on the disk; what is deleted is overwritten: it may have been personal.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    from .outage.connection import ImpatientConnection

    # What stands in the query of DATABASE_URL comes before this.
    from_url = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,  # seconds, for each host
        # A server that lost its power says nothing: after ten seconds without a sign it is given up.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds
        # Of several hosts the one that is not a standby, whichever that is at the moment.
        **({"target_session_attrs": "read-write"} if "," in DATABASES["default"]["HOST"] else {}),
        **from_url,
        "pool": {
            "connection_class": ImpatientConnection,
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=8),
            # Nobody waits half a minute for a page, and no load balancer for /health/ready.
            "timeout": 5,  # seconds
            # Then the next request asks anew. The pool would wait longer and longer, also when the server is back.
            "reconnect_timeout": 2,
            # So no connection clings to a server that others have left.
            "max_lifetime": 10 * 60,
        },
    }
    # A connection is tried before it is used: the server may be another one by now.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Without database ---------------------------------------------------------------------------

# Where write_snapshot puts copies of all public pages; on the machine's own disk, where several share DATA_DIR.
SNAPSHOT_DIR = Path(env("SNAPSHOT_DIR", default=str(DATA_DIR / "snapshot")))
# How old copies may be that are shown: what was withdrawn meanwhile stays visible so long.
SNAPSHOT_TERM = timedelta(days=max(1, env.int("SNAPSHOT_DAYS", default=7)))

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "ki_site.apps.KIAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "crispy_forms",
    "django_prose_editor",
    "history",
    "freshness",
    "contacts",
    "pages",
    "offers",
    "events",
    "inquiries",
    "legal",
    "invitations",
    "reviews",
    "exchange",
    "links",
    "adoption",
    "ki_site.outage",
]

MIDDLEWARE = [
    "ki_site.request_id.number_requests",
    "ki_site.middleware.answer_health",
    "ki_site.own_domains.OwnDomains",
    "django.middleware.security.SecurityMiddleware",
    "ki_site.middleware.compress_pages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ki_site.middleware.permissions_policy",
    "ki_site.middleware.activate_language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # What stands in for a page goes the way of a page.
    "ki_site.outage.middleware.answer_without_database",
    "ki_site.own_domains.find_other_cities",
]

ROOT_URLCONF = "ki_site.urls"
WSGI_APPLICATION = "ki_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Widgets of our own have their templates in templates/, too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

CRISPY_ALLOWED_TEMPLATE_PACKS = "ki"
CRISPY_TEMPLATE_PACK = "ki"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# --- Languages and time ---------------------------------------------------------------------------

# German is the source: strings in templates and code are German, locale/ holds the other languages.
LANGUAGE_CODE = "de"
LANGUAGES = [
    ("de", "Deutsch"),
    ("de-simple", "Leichte Sprache"),
    ("en", "Englisch"),
    ("tr", "Türkisch"),
    ("ar", "Arabisch"),
    ("uk", "Ukrainisch"),
    ("ru", "Russisch"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# --- Static files and uploads ---------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "build" / "static"
# Source maps are for developers of the libraries; compressing them would take most of the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
MEDIA_URL = "/media/"
# Several web nodes share a folder, file:///srv/ki-uploads, or a bucket, s3://key:secret@host/bucket: see storage.py.
media_storage_url = env("MEDIA_STORAGE_URL", default="").strip()
MEDIA_ROOT = media_folder(media_storage_url, DATA_DIR / "media")
STORAGES = {
    "default": media_storage(media_storage_url),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- Page cache -------------------------------------------------------------------------------------

# For finished pages, in each process. Who changes templates wants to see each change.
PAGE_CACHE_BYTES = max(0, env.int("PAGE_CACHE_MEGABYTES", default=0 if DEBUG else 32)) * 1024 * 1024
# Caches in front that shall hear of changes, each by an address of its own: http://127.0.0.1:6081/
PURGE_URLS = env.list("PURGE_URLS", default=[])

# --- Safety -----------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 10  # seconds: one working day
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ki_site.views.csrf_failure"

# Nothing inline and nothing from elsewhere. The nonce is drawn only where a template asks for it:
# beside the rich-text editor in the admin, for its import map and an empty style element.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Watching ---------------------------------------------------------------------------------------

# Who may read /metrics: whoever knows the token, and who asks directly from one of these networks. Nobody else.
METRICS_TOKEN = env("METRICS_TOKEN", default="").strip()
METRICS_NETWORKS = [ipaddress.ip_network(each) for each in env.list("METRICS_NETWORKS", default=[])]

METRICS_ARE_ON = bool(METRICS_TOKEN or METRICS_NETWORKS)
if METRICS_ARE_ON:  # elsewhere not even the library is loaded
    MIDDLEWARE.insert(MIDDLEWARE.index("ki_site.middleware.answer_health") + 1, "ki_site.metrics.CountRequests")

# Lines for people, or one JSON object a line.
LOG_FORMAT = env("LOG_FORMAT", default="json" if HTTPS else "text").strip()
if LOG_FORMAT not in ("json", "text"):
    raise ImproperlyConfigured("LOG_FORMAT is json or text.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "ki_site.logs.WithoutSecrets"}, "json": {"()": "ki_site.logs.AsJson"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Not Django's own mail to ADMINS, with all that was sent and every variable in it.
        "django": {"handlers": [], "level": "WARNING"},
        # Anybody can send a foreign Host header; it is refused, and that is all there is to say.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # Pages that are not there and forms filled in wrongly are no faults of the site.
        "django.request": {"level": "ERROR"},
        # Its own lines name whole addresses, with queries.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
    },
}
