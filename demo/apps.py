"""The demo app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the app under its short name; it has no tables of its own."""

    name = "demo"
