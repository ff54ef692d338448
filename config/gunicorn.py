"""How gunicorn runs the portal; its caller says the address and the number of workers."""

worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 5
# Requests are logged by the portal itself, with their ids and without personal data.
accesslog = None
loglevel = "warning"
