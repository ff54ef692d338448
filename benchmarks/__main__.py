"""`python -m benchmarks`: the settings are chosen before anything of the portal is read."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from benchmarks import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run.main())
