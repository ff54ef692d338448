"""Every address of the portal. An app's own urls.py holds its whole paths."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from config import health

APPS = ["accounts", "inventory", "payments", "orders", "refunds", "messaging", "notifications", "reports"]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.healthz, name="readyz"),
    path("livez", health.livez, name="livez"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    *[path("", include(f"{app}.urls")) for app in APPS if find_spec(app) and find_spec(f"{app}.urls")],
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
