"""Ends with 0 when the portal inside this container can serve; the container's health check."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

host = urlsplit(os.environ["PUBLIC_BASE_URL"]).netloc
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
try:
    urllib.request.urlopen(request, timeout=8)
except OSError as error:
    sys.exit(f"The portal does not serve: {error}")
