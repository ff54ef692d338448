"""Every address of the portal. An app's own urls.py holds its whole paths."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.healthz, name="readyz"),
    path("livez", health.livez, name="livez"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("access_log.urls")),
    path("", include("orders.urls")),
    path("", include("inventory.urls")),
    path("", include("payments.urls")),
    path("", include("refunds.urls")),
    path("", include("messaging.urls")),
    path("", include("notifications.urls")),
    path("batches/", include("batches.urls")),
    path("", include("reports.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler429 = "config.errors.too_many_requests"
handler500 = "config.errors.server_error"
