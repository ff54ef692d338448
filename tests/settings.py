"""The suite's settings: the portal's own, on a PostgreSQL and a Redis that forget, in a database of this run.

Set DATABASE_URL (and DATABASE_OWNER_URL) and REDIS_URL to run on servers of your own.
"""

import os

from config.local import servers

ROOT = servers.ROOT / "test"
# Two runs at once do not meet; xdist's workers inherit the name and add their own.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))

for name, value in (("DATABASE_URL", "app"), ("DATABASE_OWNER_URL", "owner"), ("REDIS_URL", "redis")):
    if name not in os.environ:
        os.environ[f"{name}_IS_LOCAL"] = "yes"
        os.environ[name] = getattr(servers.addresses(ROOT), value)
# The suite's sessions sign in as the owner and then act as the app; see tests/conftest.py.
os.environ["DATABASE_ROLE"] = "owner"
for name, value in (
    ("SECRET_KEY", "only-for-tests-" + "0123456789abcdefghij" * 2),
    ("ENCRYPTION_KEYS", "encrypts-for-tests-" + "0123456789abcdefghij" * 2),
    ("PUBLIC_BASE_URL", "http://testserver"),
    ("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1"),
    ("EMAIL_URL", "console:"),
    ("PAYMENT_PROVIDER", "sandbox"),
    ("LOG_FORMAT", "readable"),
    ("LOG_LEVEL", "WARNING"),
    ("REQUIRE_MFA", "no"),
    ("ALLOW_INSECURE", "http,mail,no-mfa,database,redis"),
):
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES, _app, _limits  # noqa: E402

APP_ROLE = _app["USER"]
DATABASES["default"]["TEST"] = {"NAME": f"test_shipby_{RUN}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# As the app has them, but for the statements of the suite's own set-up.
APP_LIMITS = _limits | {"statement_timeout": "120s", "idle_in_transaction_session_timeout": "10s"}

MEDIA_ROOT = ROOT / "files"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Else each test client lists all static files anew, which costs more than most tests.
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
