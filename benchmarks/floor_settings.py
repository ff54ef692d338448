"""What the floor is served with: Django alone, with session and sign-in, on the same database."""

from benchmarks.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floor"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    # What the tables of people are declared with.
    "pghistory",
    "pgtrigger",
    "accounts",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
