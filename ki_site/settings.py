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
# The page that shows every component, /stil/: also in the try-out of bin/serve.
STYLE_PAGE = env.bool("STYLE_PAGE", default=DEBUG)

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

# Of who runs the installation, at the foot of the pages that belong to no city; they stand on a website of its own.
OPERATOR_PAGES = {
    "imprint": env("IMPRINT_URL", default="").strip(),
    "privacy": env("PRIVACY_URL", default="").strip(),
    "accessibility": env("ACCESSIBILITY_URL", default="").strip(),
}

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

# --- Backups ---------------------------------------------------------------------------------------

# Where `manage.py backup` writes when it is told no folder. Another disk is better; the same is better than none.
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(DATA_DIR / "backups")))
# After so long without a restore that was tried, /health/ready says "overdue".
BACKUP_VERIFIED_WITHIN = timedelta(days=max(1, env.int("BACKUP_VERIFIED_DAYS", default=8)))

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
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "history",
    "freshness",
    "audit",
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
    "accounts",
    "backups",
    "portability",
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
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.note_origin",
    "accounts.middleware.ask_for_second_factor",
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
LOGIN_REDIRECT_URL = "admin:index"

# --- Sign-in of staff ------------------------------------------------------------------------------

# Whoever runs the whole installation needs a second factor; a try-out without TLS does not ask for one.
SECOND_FACTOR_FOR_OPERATORS = env.bool("SECOND_FACTOR_FOR_OPERATORS", default=HTTPS)

# By it the sign-in knows a browser again; the privacy page names it.
KNOWN_BROWSER_COOKIE_NAME = "ki_browser"
KNOWN_BROWSER_COOKIE_AGE = 60 * 60 * 24 * 180  # seconds

AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever makes an account vouches for its address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the second factor is asked for all the same
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE, whatever the browser does
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
# The one of allauth would keep addresses beside those of the accounts.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_FORMS = {
    "change_password": "accounts.forms.ChangePasswordForm",
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "set_password": "accounts.forms.FirstPasswordForm",
}
# `ip` is a neighbourhood of addresses, as a whole town hall stands behind one; `key` is an account.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "100/10m/ip,10/10m/key",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "30/h/ip",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones are not exact
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Without TLS browsers make passkeys for this machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateCodesForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ReauthenticateByCodeForm",
}

# The accounts of a municipality (OpenID Connect). Without OIDC_SERVER_URL nothing of it is shown or reachable.
OIDC_SERVER_URL = env("OIDC_SERVER_URL", default="").strip()
# By addresses of these domains only the server opens an account for the first time; empty: of any.
OIDC_EMAIL_DOMAINS = [each.strip().lower() for each in env.list("OIDC_EMAIL_DOMAINS", default=[])]
SOCIALACCOUNT_ADAPTER = "accounts.adapter.MunicipalAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "amt",
                "name": env("OIDC_NAME", default="Konto Ihrer Verwaltung"),
                "client_id": env("OIDC_CLIENT_ID", default=""),
                "secret": env("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

# Only sign-in counts in it, and no page for readers asks it. The keys are digests: see accounts/limits.py.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limit",
        "KEY_FUNCTION": "accounts.limits.digest_of_key",
        # Nobody can push the counts of others out by trying many names.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Audit trail -----------------------------------------------------------------------------------

AUDIT_KEY = env("AUDIT_KEY", default="")
AUDIT_TERM = timedelta(days=max(1, env.int("AUDIT_DAYS", default=365)))

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
    ("pl", "Polnisch"),
    ("ro", "Rumänisch"),
    ("bg", "Bulgarisch"),
    ("fr", "Französisch"),
    ("fa", "Persisch (Farsi)"),
    ("prs", "Dari"),
    ("ps", "Paschtu"),
    ("kmr", "Kurdisch (Kurmandschi)"),
    ("ckb", "Kurdisch (Sorani)"),
    ("sq", "Albanisch"),
    ("it", "Italienisch"),
    ("es", "Spanisch"),
    ("el", "Griechisch"),
    ("sr-Latn", "Serbisch (lateinische Schrift)"),
    ("hr", "Kroatisch"),
    ("ti", "Tigrinya"),
    ("so", "Somali"),
    ("ur", "Urdu"),
]
# Django knows neither Dari nor Pashto.
LANGUAGES_BIDI = ["ar", "ckb", "fa", "prs", "ps", "ur"]
# Read by somebody who grew up with the language; every other interface says at its foot that nobody has.
CHECKED_LANGUAGES = [each.strip() for each in env.list("CHECKED_LANGUAGES", default=[])]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# --- Static files and uploads ---------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("handbuch", BASE_DIR / "docs" / "handbuch" / "bilder")]
STATIC_ROOT = BASE_DIR / "build" / "static"
# Source maps are for developers of the libraries; compressing them would take most of the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
MEDIA_URL = "/media/"
# Several web nodes share a folder, file:///srv/ki-uploads, or a bucket, s3://key:secret@host/bucket: see storage.py.
media_storage_url = env("MEDIA_STORAGE_URL", default="").strip()
MEDIA_ROOT = media_folder(media_storage_url, DATA_DIR / "media")
# The web server in front hands out uploads; all else in DATA_DIR is nobody's business, so the umask may be 077.
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
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
