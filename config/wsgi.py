"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Nobody waits longer for a page; jobs and commands keep the longer default of the settings.
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "15")

application = get_wsgi_application()
