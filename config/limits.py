"""Limits on what clients may ask for; how often they may send is limited by `accounts.throttles`."""

from dataclasses import dataclass

KILOBYTE, MEGABYTE = 1024, 1024 * 1024

# allauth's own limits, where mails go out: with its defaults one address gets hundreds a day.
ACCOUNT_RATES = {
    "reset_password": "20/m/ip,5/h/key",
    "manage_email": "10/h/user",
    "confirm_email": "1/3m/key,5/d/key",
}

# Bytes of a form or of a document in JSON. The largest order fits twenty times.
FORM = MEGABYTE


@dataclass(frozen=True)
class BodyLimit:
    """The largest body of a page, in bytes; `anonymous` for requests without a sign-in."""

    signed_in: int
    anonymous: int


# A stranger's form. The worker keeps as much outside its threads until it is whole.
STRANGER = 128 * KILOBYTE
# Every page that is not named below.
PAGE = BodyLimit(signed_in=FORM, anonymous=STRANGER)
BODIES = {
    # The page says so itself, without reading it, where a file is larger than 50 MB.
    "feeds:upload": BodyLimit(signed_in=2**63, anonymous=STRANGER),
    "messaging:write": BodyLimit(signed_in=10 * MEGABYTE + FORM, anonymous=STRANGER),
    # These judge the link, the token or the signature themselves; the first two before they read.
    "messaging:buyer": BodyLimit(signed_in=10 * MEGABYTE + FORM, anonymous=10 * MEGABYTE + FORM),
    "channels:orders": BodyLimit(signed_in=FORM, anonymous=FORM),
    "payments:stripe_webhook": BodyLimit(signed_in=FORM // 2, anonymous=FORM // 2),
}
