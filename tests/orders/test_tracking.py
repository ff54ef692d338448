"""Which tracking numbers can be one of their carrier; the examples are the carriers' own."""

import pytest

from orders import tracking
from orders.tracking import Oddity

GOOD = [
    ("UPS", "1Z5R89390357567127"),
    ("UPS", "1z 5r8 939 03 5756 7127"),
    ("FedEx", "986578788855"),
    ("FedEx", "041441760228964"),
    ("USPS", "70160910000108310009"),
    ("USPS", "4202 2153 9101 0268 3733 1000 0395 21"),
    ("USPS", "RB123456785GB"),
    ("Royal Mail", "RB123456785GB"),
]
TAKEN = [
    ("UPS", "T1234567890"),
    ("FedEx", "9612345678901234567890"),
    ("Royal Mail", "AB-1234.5678"),
    ("Other", "PIGEON 17"),
    ("YAMATO", "1234-5678-9012"),
]
BAD = [
    ("UPS", ""),
    ("UPS", "1Z1"),
    ("UPS", "1Z5R8939035756712"),
    ("FedEx", "98657878885"),
    ("FedEx", "FEDEX-98657878"),
    ("USPS", "9400"),
    ("Other", "UNKNOWN"),
    ("Other", "00000000"),
    ("Other", "n/a"),
    ("Other", "１２３４５６７"),
    ("YAMATO", "123"),
]


@pytest.mark.parametrize(("carrier", "number"), [*GOOD, *TAKEN])
def test_it_can_be_one(carrier, number):
    assert tracking.is_plausible(carrier, number)
    assert tracking.problem(carrier, number) == ""


@pytest.mark.parametrize(("carrier", "number"), BAD)
def test_it_cannot(carrier, number):
    assert not tracking.is_plausible(carrier, number)
    assert tracking.problem(carrier, number)


@pytest.mark.parametrize(
    ("carrier", "number"), [each for each in GOOD if each[1].isalnum() and "RB" not in each[1]]
)
def test_one_wrong_digit_is_noticed(carrier, number):
    for place, sign in enumerate(number):
        if sign.isdigit() and place > 2:
            wrong = number[:place] + str((int(sign) + 1) % 10) + number[place + 1 :]
            assert not tracking.is_plausible(carrier, wrong), wrong


@pytest.mark.parametrize(
    ("number", "oddity"),
    [
        *(
            (number, Oddity.MANGLED)
            for number in ("9.40011E+21", "9,40011E+21", "4.49044e+14", "1E+15", "94.0011E20")
        ),
        *(
            (number, Oddity.MANGLED)
            for number in ("449044304137821.0", "449044304137821,00", "449,044,304,137,821")
        ),
        *((number, Oddity.MANGLED) for number in ("########", "#N/A", "#VALUE!", "9400110000000000000000")),
        *(
            (number, Oddity.ADDRESS)
            for number in ("https://a.example/1Z1", "www.ups.com", "ups.com/track?n=1")
        ),
        *((number, Oddity.SEVERAL) for number in ("123456789012, 123456789013", "123456789012/123456789013")),
        *(
            (number, Oddity.SEVERAL)
            for number in ("123456789012 123456789013", "123456789012 and 123456789013")
        ),
        *(
            (number, None)
            for number in ("1Z 999 AA1 01 2345 6784", "AB-1234.5678", "12345678E9012345", "E12345678")
        ),
    ],
)
def test_what_no_carrier_has_printed(number, oddity):
    verdict = tracking.judge("Other", number)
    assert (verdict.oddity, verdict.is_refused) == (oddity, oddity in (Oddity.MANGLED, Oddity.ADDRESS))
    assert bool(verdict.sentence) is (oddity is not None)
