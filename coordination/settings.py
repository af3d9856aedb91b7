"""Settings, read from the environment. docs/operations.md explains each variable.

What is not given has its production value: the demo and the tests ask for theirs.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF

from coordination.ehr.components import COMPONENTS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# Empty is refused by Django at the first use: commands that sign nothing run without one.
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Encrypt what the database must not tell by itself; the first seals, all open. See base/encryption.py.
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The demo shows a banner, knows its people's passwords and sets no limits for them.
FOURFOLD_DEMO = env.bool("FOURFOLD_DEMO", default=False)
DEMO_PEOPLE = env.json("FOURFOLD_DEMO_PEOPLE", default=[]) if FOURFOLD_DEMO else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "simple_history",
    "csp",
    "django_htmx",
    "coordination.base",
    "coordination",
    "patients",
    "labs",
    "scheduling",
]

MIDDLEWARE = [
    "coordination.base.client_address.AddressMiddleware",
    "coordination.base.logs.RequestLogMiddleware",
    "coordination.base.headers.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "coordination.base.headers.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coordination.base.headers.PrivateResponseMiddleware",
    "coordination.base.health.ProbeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "coordination.base.text_limits.PlainTextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coordination.base.access.ScopeMiddleware",
    "coordination.base.audit.AuditMiddleware",
    "coordination.base.kept_forms.KeptFormMiddleware",
    "coordination.portal.middleware.PortalMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "coordination.urls"
WSGI_APPLICATION = "coordination.wsgi.application"
ASGI_APPLICATION = "coordination.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["coordination.base.unindented.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coordination.base.context.page_context",
            ],
        },
    },
]

# Our own components draw forms and fields.
FORM_RENDERER = "coordination.pages.forms.Renderer"

# --- data ---------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///fourfold")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
    # True behind PgBouncer in transaction mode.
    "DISABLE_SERVER_SIDE_CURSORS": env.bool("DATABASE_BEHIND_PGBOUNCER", default=False),
}
# For `migrate` alone, which runs as the owner of the tables: the password of the role the product runs as.
APPLICATION_PASSWORD: str = env.str("DATABASE_APP_PASSWORD", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_REVERT_DISABLED = True

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "base.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "coordination.base.passwords.LengthValidator"},
    {"NAME": "coordination.base.passwords.EasyPasswordValidator"},
    {"NAME": "coordination.base.passwords.ContextValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"

# The addresses of our own proxies, by comma: what they say of the caller's address is believed.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])

# --- what leaves the house ----------------------------------------------------------------------

SECURE_COOKIES = env.bool("SECURE_COOKIES", default=True)
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "coordination.pages.general.views.forged"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "coordination.base.sessions"
# The absolute end; a site's `idle_minutes` end it earlier.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# What a page says once may name a patient: it lies in the session, not readable in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=SECURE_COOKIES)
SECURE_CONTENT_TYPE_NOSNIFF = True
# With "no-referrer" browsers send "Origin: null" with our own forms, and the check against forged
# requests would refuse them. This sends nothing to anybody else either.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- static files -------------------------------------------------------------------------------

STATIC_URL = "static/"
# The image is built with compressed, fingerprinted files; everything else serves them as they lie.
STATIC_BUILT = env.bool("STATIC_BUILT", default=False)
STATIC_ROOT = BASE_DIR / "staticfiles" if STATIC_BUILT else None
WHITENOISE_USE_FINDERS = not STATIC_BUILT
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_BUILT
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- background work ----------------------------------------------------------------------------
# Messages are only the bell: they carry an id at most, and may be lost or doubled without harm.

VISIBILITY_SECONDS = 120
CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_SECONDS,
    # A call must not wait for a broker that is away: one try, and the sweep finds the row.
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 0,
    "interval_start": 0,
}
CELERY_VISIBILITY_TIMEOUT = VISIBILITY_SECONDS
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_SECONDS}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.float("WORKER_SOFT_SHUTDOWN_SECONDS", default=30)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"

# --- REST ---------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["coordination.ehr.tokens.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["coordination.ehr.tokens.HasScope"],
    "EXCEPTION_HANDLER": "coordination.ehr.problems.handle_error",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fourfold",
    "DESCRIPTION": "Coordination of [177Lu]Lu-DOTATATE courses.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "APPEND_COMPONENTS": COMPONENTS,
    "POSTPROCESSING_HOOKS": [],
}
# For one client; 0: no limit. The demo and benchmarks have none.
API_READS_PER_MINUTE: int = env.int("API_READS_PER_MINUTE", default=0 if FOURFOLD_DEMO else 1200)
API_WRITES_PER_MINUTE: int = env.int("API_WRITES_PER_MINUTE", default=0 if FOURFOLD_DEMO else 600)

# --- letters and mail ---------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://" if FOURFOLD_DEMO else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="fourfold@localhost")
# What links in messages begin with; no slash at the end.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://localhost:8000")
# Where mail comes back to, as bounces+<reference>@…; empty: to the sender.
BOUNCE_ADDRESS: str = env.str("BOUNCE_ADDRESS", default="")
# kannel://user:password@host:13013; empty: no text messages.
SMS_URL: str = env.str("SMS_URL", default="")
# What the gateway shows when it hands on a text message that a phone sent; empty: the door is closed.
SMS_INBOUND_TOKEN: str = env.str("SMS_INBOUND_TOKEN", default="")
# Outside production: the only addresses and domains that are written to; empty: all.
MESSAGES_ONLY_TO: list[str] = env.list("MESSAGES_ONLY_TO", default=[])

# --- audit --------------------------------------------------------------------------------------
# For the worker, which seals, and for `verify_audit`; the first key seals, the others are still believed.

AUDIT_KEYS: list[str] = env.list("AUDIT_KEY", default=[]) + env.list("AUDIT_KEY_FALLBACKS", default=[])
AUDIT_SEALS_FILE: str = env.str("AUDIT_SEALS_FILE", default="")

# --- logs ---------------------------------------------------------------------------------------
# One JSON object a line. Neither query strings nor values of an error reach them: see base/logs.py.

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"only_errors": {"()": "coordination.base.logs.OnlyErrors"}},
    "formatters": {"json": {"()": "coordination.base.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"filters": ["only_errors"]},
        # Whoever tries foreign names fills no log: the request log has the 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
