"""How gunicorn runs the portal; its caller says the address and the number of workers."""

import os
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# gthread, but slow clients hold no thread.
worker_class = "config.gunicorn_worker.PatientWorker"
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 5
# Two hundred order numbers pasted into the search make an address of 4,400 characters; 4,094 is the default.
limit_request_line = 8_190
# Requests are logged by the portal itself, with their ids and without personal data.
accesslog = None
loglevel = "warning"
# It would need a folder to write to, and nobody uses it.
control_socket_disable = True


class PortalLogger(Logger):
    """gunicorn's own lines, in the form of the portal's and without people. They quote addresses that failed."""

    def setup(self, cfg: Any) -> None:
        """Give each handler of the error log the formatter of the settings."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(settings.LOGGING))


logger_class = PortalLogger
