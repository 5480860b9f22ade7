"""As `startproject` makes them, with languages, static files and compression."""

from ki_site import settings as site

from .. import settings as bench

SECRET_KEY, ALLOWED_HOSTS, DATABASES = site.SECRET_KEY, site.ALLOWED_HOSTS, site.DATABASES
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bench.handwritten",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.handwritten.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE, LANGUAGES, LOCALE_PATHS = site.LANGUAGE_CODE, bench.LANGUAGES, site.LOCALE_PATHS
TIME_ZONE, USE_TZ = site.TIME_ZONE, True
STATIC_URL, STATIC_ROOT, STORAGES = site.STATIC_URL, site.STATIC_ROOT, site.STORAGES
