"""How gunicorn runs the portal; its caller says the address and the number of workers."""

worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 5
# Two hundred order numbers pasted into the search make an address of 4,400 characters; 4,094 is the default.
limit_request_line = 8_190
# Requests are logged by the portal itself, with their ids and without personal data.
accesslog = None
loglevel = "warning"
