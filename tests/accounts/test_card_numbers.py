"""Card numbers and security codes are found however they are written; the trade's own numbers are left alone."""

import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import card_numbers

CARDS = {
    "Visa": "4111111111111111",
    "Visa of 13": "4222222222222",
    "Visa of 19": "4000000000000000006",
    "Mastercard": "5555555555554444",
    "Mastercard of series 2": "2223003122003222",
    "American Express": "378282246310005",
    "Discover": "6011111111111117",
    "JCB": "3566002020360505",
    "UnionPay": "6200000000000005",
    "Maestro": "6759649826438453",
}
TYPED = [
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111_1111_1111_1111",
    "4111/1111/1111/1111",
    "4111, 1111, 1111, 1111",
    "4111 - 1111 - 1111 - 1111",
    "4111\n1111\n1111\n1111",
    "4111\u00a01111\u20111111–1111",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "41 11 11 11 11 11 11 11",
    "411111 1111111111",
    "3782 822463 10005",
    "3056 930902 5904",
    "４１１１　１１１１　１１１１　１１１１",
    "４１１１１１１１１１１１１１１１",
    "٤١١١١١١١١١١١١١١١",
    "4111\u200b1111\u200b1111\u200b1111",
    "Visa4111111111111111",
    "卡号4111111111111111，谢谢",
    "my Diners card is 30569309025904",
    "Order 701-4839201-5820194, card 4111 1111 1111 1111 please",
    "701-4839201-5820194 4111111111111111",
]
CODES = [
    "CVV 123",
    "cvv: 1234",
    "CVC2=999",
    "cvv is 123",
    "the CVV number is 123",
    "CVV code: 123",
    "安全码：123",
    "card security code 123",
    "123 is my CVV",
    "ＣＶＶ １２３",
    "CVV １２３",
]
FINE = [
    "701-4839201-5820194",
    "70148392015820194",
    "41111111111116",
    "30569309025904",
    "Item 38520000023237 of order 385-2000002-3237000",
    "4006381333931",
    "EAN 4222222222222",
    "Tracking: 4111111111111111",
    "运单号 4111111111111111",
    "9400 1118 9922 3197 0000 00",
    "92055900100000000000000000",
    "1Z999AA10123456784",
    "SN4111111111111111",
    "4111 1111 1111 1112",
    "490154203237518",
    "8986 0000 0000 0000 0008",
    "2026-11-30 12:30:45, 2026-12-01 08:00:00",
    "+1 206 555 0100, +1 206 555 0123",
    "41.50 11.00 3.99 12.00 7.25",
    "CVC 60/40 fabric",
    "the code of the door is 1234",
    "CV 123",
]


@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS)
def test_number_of_each_issuer_is_found_in_a_sentence(number):
    text = f"Please charge {number} today"
    assert card_numbers.find(text) == [(14, 14 + len(number))]


@pytest.mark.parametrize("text", TYPED)
def test_card_is_found_with_any_separators(text):
    assert card_numbers.find(text)


@pytest.mark.parametrize("text", CODES)
def test_security_code_is_found(text):
    assert card_numbers.find(text)


@pytest.mark.parametrize("text", FINE)
def test_other_numbers_are_left_alone(text):
    assert card_numbers.find(text) == []


def test_number_that_is_known_is_no_card():
    assert card_numbers.find("It is 4111111111111111.", known=["4111111111111111"]) == []


def test_place_is_that_of_the_text_as_written():
    text = "é ４\u200b111 1111 1111 1111!"
    assert [text[start:end] for start, end in card_numbers.find(text)] == [text[2:-1]]


def test_validator_names_no_number():
    with pytest.raises(ValidationError) as refusal:
        card_numbers.refuse("4111 1111 1111 1111")
    assert refusal.value.messages == ["Don't send card numbers or security codes. Remove them and try again."]


DIGITS = st.text("0123456789", min_size=1, max_size=22)


@given(DIGITS.filter(lambda text: len(text) >= 7), st.sampled_from(["", "-"]))
@settings(max_examples=200, deadline=None, database=None)
def test_order_numbers_are_never_cards(text, separator):
    digits = (text * 3)[:17]
    number = separator.join((digits[:3], digits[3:10], digits[10:]))
    assert card_numbers.find(f"About order {number}: thanks") == []


@given(DIGITS)
@settings(max_examples=200, deadline=None, database=None)
def test_item_numbers_and_called_tracking_numbers_are_never_cards(text):
    assert card_numbers.find(f"Item {(text * 14)[:14]}") == []
    assert card_numbers.find(f"Tracking number {text}") == []


@given(
    st.sampled_from(sorted(CARDS.values())),
    st.sampled_from(["", " ", "-", ".", " / ", "\u3000"]),
    st.booleans(),
)
@settings(max_examples=100, deadline=None, database=None)
def test_cards_in_groups_of_four_are_always_found(number, separator, is_wide):
    digits = number.translate({ord("0") + each: 0xFF10 + each for each in range(10)}) if is_wide else number
    assert card_numbers.find(separator.join(digits[at : at + 4] for at in range(0, len(digits), 4)))


def test_long_text_takes_linear_time():
    """Each digit begins at most seven candidates, so twice the text takes about twice the time."""
    begun = time.process_time()
    assert card_numbers.find("4 5 6 1 " * 5_000) is not None
    assert time.process_time() - begun < 20
