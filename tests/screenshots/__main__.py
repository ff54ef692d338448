"""Take the pictures; `make screenshots ARGS='order- --width 390'` takes those whose name holds the word."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Playwright keeps an event loop in this thread, where Django would else refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
django.setup()

from tests.screenshots import studio  # noqa: E402

sys.exit(studio.main())
