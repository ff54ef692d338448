"""The pages of the access log that owners see."""

from django.urls import path

from access_log import views

app_name = "access_log"
urlpatterns = [path("settings/unusual-access/", views.unusual, name="unusual")]
