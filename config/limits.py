"""Limits on what clients may ask for; how often they may send is limited by `accounts.throttles`."""

# allauth's own limits, where mails go out: with its defaults one address gets hundreds a day.
ACCOUNT_RATES = {
    "reset_password": "20/m/ip,5/h/key",
    "manage_email": "10/h/user",
    "confirm_email": "1/3m/key,5/d/key",
}

# Bytes of a form or of a document in JSON. The largest order fits twenty times.
FORM = 1024 * 1024
