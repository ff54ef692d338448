"""The settings of a benchmark: the portal's own as in production, on servers and a database of its own.

BENCH_ROOT is the folder of both. The port is a free one, chosen once and told to the processes that it starts.
"""

import os
from pathlib import Path

from config.local import notes, servers

ROOT = Path(os.environ.get("BENCH_ROOT", servers.ROOT / "bench"))

for name, value in (("DATABASE_URL", "app"), ("DATABASE_OWNER_URL", "owner"), ("REDIS_URL", "redis")):
    os.environ[name] = getattr(servers.addresses(ROOT), value)
os.environ |= {
    "SECRET_KEY": servers.addresses(ROOT).secret_key,
    "ENCRYPTION_KEYS": f"encryption {servers.addresses(ROOT).secret_key}",
    "PORT": (port := os.environ.setdefault("BENCH_PORT", str(notes.free_port()))),
    "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
    "DEBUG": "no",
    "EMAIL_URL": "console:",
    "PAYMENT_PROVIDER": "sandbox",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "WARNING",
    # The measuring client signs in by a session that is made for it.
    "REQUIRE_MFA": "no",
    "ALLOW_INSECURE": "http,mail,no-mfa",
}

from config.settings import *  # noqa: E402, F403

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = ROOT / "assets"
OWNER_URL = os.environ["DATABASE_OWNER_URL"]
