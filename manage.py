#!/usr/bin/env python
"""Django's command line. It starts the local servers unless DATABASE_URL is set; then it writes nothing under var/.

`migrate` and `createcachetable` sign in as the owner of the tables (DATABASE_OWNER_URL), every other command
as the role of the app (DATABASE_URL), which cannot alter a table nor switch a trigger off.
"""

import os
import sys
from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config.local import servers
from config.local.refusal import ServerRefused

OWNER_COMMANDS = {"migrate", "createcachetable"}
NEED_NO_SERVER = {
    "", "help", "--help", "version", "--version",
    "check", "collectstatic", "compilemessages", "diffsettings", "makemessages",
}  # fmt: skip


def main() -> None:
    """Run one command; what is wrong with the settings or the servers is a sentence."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_ROLE", "owner" if command in OWNER_COMMANDS else "app")
    try:
        with nullcontext() if command in NEED_NO_SERVER else servers.as_needed():
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ServerRefused) as refusal:
        sys.exit(f"The portal does not start: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
