"""The pages of notices: the inbox, the mails, what one wants to be told of, and why nothing arrives."""

from django.urls import path

from notifications.views import inbox, links, mails, settings, why

app_name = "notifications"
urlpatterns = [
    path("notifications/", inbox.inbox, name="inbox"),
    path("notifications/read/", inbox.read, name="read"),
    path("notifications/mails/", mails.mails, name="mails"),
    path("notifications/mails/<int:pk>/resend/", mails.resend, name="resend"),
    path("notifications/why/", why.why, name="why"),
    path("notifications/test/", why.test, name="test"),
    path("notifications/unsubscribe/<str:token>/", links.unsubscribe, name="unsubscribe"),
    path("notifications/confirm/<str:token>/", links.confirm, name="confirm"),
    path("settings/notifications/", settings.settings, name="settings"),
    path("settings/notifications/addresses/", settings.add_address, name="add_address"),
    path("settings/notifications/addresses/<int:pk>/remove/", settings.remove_address, name="remove_address"),
    path("settings/notifications/times/<slug:place>/", settings.times, name="times"),
]
