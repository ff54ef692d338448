"""The portal's settings. They come from the environment only; a missing or odd one stops the start.

Without DATABASE_URL the portal runs on its local default: servers, secrets and mail under var/. With it, all
that production needs must be said too: those marked so in docs/operations.md.

Two roles sign in to the database. DATABASE_URL is the app's, which reads and writes rows; DATABASE_OWNER_URL
is the owner's, which migrates. manage.py picks one by DATABASE_ROLE: `migrate` and `createcachetable` run as
the owner.
"""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

from config import env, limits, logs, passwords, production
from config.content_security import CONTENT_SECURITY_POLICY  # noqa: F401 - read by django-csp
from config.disclosures import DISCLOSURES  # noqa: F401
from config.local import servers
from config.offers import BATCH_KINDS, PROVIDER_NEWS, SLOTS, UNDECIDED  # noqa: F401 - settings like the others

# Django's generic classes may then be named with their model, as the type checker reads them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
LOCAL = not env.given("DATABASE_URL")
local = servers.addresses(VAR) if LOCAL else None


def by_default(value: str) -> str | None:
    """A default that holds on the local default alone; in production the setting must be given."""
    return value if LOCAL else None


DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", local.secret_key if local else None)
# Earlier keys: what they signed stays good until they are removed here.
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
FEED_MEMORY_KEYS = [env.secret("FEED_MEMORY_KEY", SECRET_KEY), SECRET_KEY, *SECRET_KEY_FALLBACKS]
# Of the secrets of second factors: the first one encrypts, all of them decrypt.
ENCRYPTION_KEYS = env.secrets("ENCRYPTION_KEYS", f"encryption {local.secret_key}" if local else None)
PORT = env.integer("PORT", 8000, least=1, most=65_535)
PUBLIC_BASE_URL = env.url("PUBLIC_BASE_URL", ("http", "https"), by_default(f"http://localhost:{PORT}"))
SECURE = PUBLIC_BASE_URL.startswith("https://")
HOST = urlsplit(PUBLIC_BASE_URL).hostname or ""
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [HOST])
if LOCAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
# A load balancer may ask for the portal's health by address, without a name of the portal.
PROBES_BY_IP = env.flag("PROBES_BY_IP")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "pghistory",
    "pgtrigger",
    "template_partials",
    "accounts",
    "access_log",
    "batches",
    "inventory",
    "payments",
    "orders",
    "refunds",
    "messaging",
    "notifications",
    "reports",
    "demo",
]

MIDDLEWARE = [
    "config.health.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.request_log.RequestLogMiddleware",
    "config.plain_http.PlainHttpMiddleware",
    "config.odd_requests.OddRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.sessions.SessionLimitMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.body_limits.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "config.sign_out.SignOutMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.htmx.LoginRedirectMiddleware",
    "accounts.middleware.SellerMiddleware",
    "accounts.mfa_policy.RequireMfaMiddleware",
    "accounts.form_seller.FormSellerMiddleware",
    "access_log.middleware.AccessLogMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["accounts.templatetags.forms", "accounts.templatetags.theme"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Forms look as templates/django/forms/ says, in the admin too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database -----------------------------------------------------------------------------------------

DATABASE_ROLE = env.choice("DATABASE_ROLE", ("app", "owner"), "app")
_app = env.database("DATABASE_URL", local.app if local else None)
_owner = env.database("DATABASE_OWNER_URL", env.text("DATABASE_URL", local.owner if local else None))
# A migration may take its time, but never waits long for a lock with the portal queueing behind it.
_statement_seconds = env.integer("DATABASE_STATEMENT_SECONDS", 120, least=1, most=3600)
_limits = {
    "statement_timeout": "0" if DATABASE_ROLE == "owner" else f"{_statement_seconds}s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "0" if DATABASE_ROLE == "owner" else "10s",
    # Known from the start, or every row trigger of pgtrigger catches an error to learn that nothing is ignored.
    "pgtrigger.ignore": "{}",
}
DATABASES = {"default": _owner if DATABASE_ROLE == "owner" else _app}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES["default"]["OPTIONS"] |= {
    "options": " ".join(f"-c {name}={value}" for name, value in _limits.items()),
    "connect_timeout": 5,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Not in Redis: sign-in throttles outlive the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django's 300 would let a spray of addresses push the throttles out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

REDIS_URL = env.redis("REDIS_URL", local.redis if local else None)
CELERY_BROKER_URL = REDIS_URL

# People and sessions ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = passwords.VALIDATORS
BREACHED_PASSWORDS_FILE = env.readable_file("BREACHED_PASSWORDS_FILE")
# The link to set a new password.
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An account begins with an invitation that was mailed to its address.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = ACCOUNT_REAUTHENTICATION_REQUIRED = ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = MFA_RECOVERY_CODES_SHOW_ONCE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = limits.ACCOUNT_RATES
ACCOUNT_SESSION_REMEMBER = ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0, most=10)
REQUIRE_MFA = env.flag("REQUIRE_MFA", not LOCAL)
MFA_ADAPTER = "accounts.mfa_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Shipby"

SESSION_ABSOLUTE_SECONDS = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
# Over https the names keep out cookies that another host or a page without TLS has set.
_host, _one_path = ("__Host-", "__Secure-") if SECURE else ("", "")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_host}session", f"{_host}csrf"
LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME = f"{_host}django_language", f"{_host}theme"
PLACE_COOKIE_NAME = f"{_one_path}orders_place"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
# What a page says once names orders and people: not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Security -----------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz)$", r"^(channels|webhooks)/"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# A promise for every host beside the portal: only who owns them all can give it.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_WHOLE_DOMAIN")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.FORM
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail, payments -----------------------------------------------------------------------------------

globals().update(env.email("EMAIL_URL", by_default(f"file://{VAR / 'mail'}")))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("FROM_EMAIL", f"Shipby <portal@{HOST}>")
# Buyers and sellers write to each other there; its mail comes by `manage.py receive_mail` (C1).
RELAY_DOMAIN = env.text("RELAY_DOMAIN", f"relay.{HOST}").lower()
RELAY_AUTHSERV_ID = env.text("RELAY_AUTHSERV_ID", "").lower() or None
CLAMAV_URL = env.scanner("CLAMAV_URL")  # of clamd, which looks at each attachment
MAIL_REPORTS = "notifications.bounces.take"  # hears of mail that could not be delivered

PAYMENT_PROVIDER = env.choice("PAYMENT_PROVIDER", ("sandbox", "stripe"), by_default("sandbox"))
STRIPE_API_KEY = env.text("STRIPE_API_KEY", None if PAYMENT_PROVIDER == "stripe" else "")
# Of the webhook's address; two during a change of secrets, separated by a comma.
STRIPE_WEBHOOK_SECRETS = env.stripe_secrets("STRIPE_WEBHOOK_SECRET", needed=PAYMENT_PROVIDER == "stripe")
STRIPE_API_BASE = env.url("STRIPE_API_BASE", ("https", "http"), "https://api.stripe.com")
# How long a refund made by hand can be taken back before it is sent.
REFUND_GRACE_MINUTES = env.integer("REFUND_GRACE_MINUTES", 30, most=24 * 60)

# Languages, static files --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each in its own letters, so that whoever needs it can read it.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "assets"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Buyers' addresses and attachments are for the portal's own account alone.
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "files"

PHONE_POOL = "orders.phones.SharedNumber"  # lends the numbers by which sellers reach buyers (C3)

# The demo: orders keep coming while `make run` is open.
SIMULATE = LOCAL and env.flag("SIMULATE", default=True)
# Of everyone who signs in to it; without one, load_demo makes one.
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "")

# Logs ---------------------------------------------------------------------------------------------

LOGGING = logs.configure(
    readable=env.choice("LOG_FORMAT", ("json", "readable"), "readable" if LOCAL else "json") == "readable",
    level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG

if not LOCAL:
    production.check(globals(), allowed=env.words("ALLOW_INSECURE"))
