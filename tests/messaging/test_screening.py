"""What a message may not hold is found wherever and however it is written; what looks like it is left alone (C5)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging import plain, screening
from messaging.screening import Kind

ORDER = "701-4839201-5820194"

LINKS = [
    "https://evil.example.com/a?b=c",
    "http://evil.example.com",
    "HTTPS://EVIL.EXAMPLE.COM",
    "hxxps://evil.example.com",
    "http : // evil.example.com",
    "ftp://evil.example.com/file",
    "//evil.example.com/x",
    "www.evil-shop.com",
    "www . evil-shop . com",
    "evil-shop.com",
    "evil-shop.com/coupon",
    "shop.evil.co.uk",
    "evil.shop",
    "bit.ly/3xYz",
    "t.me/evilshop",
    "wa.me/12065550100",
    "evil-shop dot com",
    "evil-shop (dot) com",
    "evil-shop [.] com",
    "evil-shop . com",
    "evil-shop点com",
    "evil。com",
    "ｅｖｉｌ．ｃｏｍ",
    "ｗｗｗ．ｅｖｉｌ．ｃｎ",
    "淘宝店铺.com",
    "例子.中国",
    "请访问evil.com.cn看看",
    "e\u200bvil.c\u200bom",
    "еvil.com",
    "javascript:alert(1)",
    "tel:+12065550100",
    "192.168.0.1/login",
    "http://2130706433/",
    "http://testserver@evil.example.com/",
    "http://testserver.evil.example.com/",
    "http://testserver\\@evil.example.com",
    "https://evil.example.com/?x=http://testserver",
]
ADDRESSES = [
    "ada@example.org",
    "ada.b+shop@mail.example.co.uk",
    "ADA@EXAMPLE.ORG",
    "ada @ example.org",
    "ada＠example．org",
    "ada(at)example.org",
    "ada [at] example [dot] org",
    "ada at example dot com",
    "ada@example dot com",
    "a\u200bda@example.org",
    "联系邮箱ada@163.com谢谢",
    "1234567@qq.com",
    '"a"@example.org',
    "mailto:ada@example.org",
]
PHONES = [
    "+1 206 555 0100",
    "+12065550100",
    "+44 20 7946 0958",
    "+86 138 0013 8000",
    "0086 13800138000",
    "(206) 555-0100",
    "206-555-0100",
    "206.555.0100",
    "2065550100",
    "1-206-555-0100",
    "020 7946 0958",
    "07700 900123",
    "030/12345678",
    "06 12 34 56 78",
    "090-1234-5678",
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "１３８００１３８０００",
    "١٣٨٠٠١٣٨٠٠٠",
    "一三八零零一三八零零零",
    "010-12345678",
    "手机13800138000",
    "微信：13800138000",
    "我的电话是 8234 5678",
    "QQ 123456789",
    "call me at 555 0100 22",
    "WhatsApp 4155550100",
    "my phone number is 9123 4567",
    "2 0 6 5 5 5 0 1 0 0",
    "two zero six five five five zero one zero zero",
    "98765 43210",
    "1\u200b3800138000",
]
MARKUP = [
    "<b>Hello</b>",
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<a href='x'>here</a>",
    "</div>",
    "<br/>",
    "<!-- hidden -->",
    "<svg onload=alert(1)",
    "＜script＞",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "<iframe",
]
FINE = [
    f"Your order {ORDER} ships tomorrow.",
    f"订单号{ORDER}已发货",
    "Order 70148392015820194 left today.",
    f"Return {ORDER}-R1 is closed.",
    "Tracking 1Z999AA10123456784 by UPS.",
    "Tracking number 9400 1112 0255 5123 4567 89",
    "Tracking: 794612345678",
    "FedEx 794612345678 left on Monday",
    "运单号 SF1234567890123",
    "快递单号：75512345678901",
    "Parcel RR123456789CN",
    "DHL waybill 1234567890",
    "Tracking 2065550100 is on its way",
    "Delivered on 2026-11-20 at 14:30",
    "Delivered on 20.11.2026 or 11/20/2026",
    "2026年11月20日 14:30 送达",
    "From 2026-11-20 to 2026-11-25",
    "20261120",
    "It costs $1,234.56 or 1.234,56 €",
    "合计 ¥1,234,567.89",
    "USD 1234567.00 in all",
    "SKU BTL-1234567890-XL is out",
    "SKU-2065550100",
    "ASIN B00ABC1234",
    "EAN 4006381333931",
    "UPC 012345678905",
    "ISBN 0306406152",
    "Model 2065550100",
    "型号 13800138000X",
    "Serial SN13800138000",
    "12 x 340 g, 1,200 pieces",
    "10 000 000 units",
    "size 10.5 x 20.25 cm",
    "I waited from 9:00 to 17:30 and again 10:00-12:00.",
    "It has arrived.Thanks a lot",
    "OK.No problem.It works",
    "See manual.pdf and photo.jpg, page 3",
    "e.g. the blue one, i.e. not red",
    "Version 1.2.3.4 of the manual",
    "I <3 it, and 2 < 3 > 1",
    "a<b and c>d",
    "if x <y then z> w",
    "Mr.Smith asked for No.5",
    "价格是3.5元。谢谢！",
    "已收到。商品很好。",
    "Is it compatible with 220 V?",
    "Look at http://testserver/b/abc for your order",
    "https://testserver/orders/",
    "The lot 12345678 is from 2025.",
    "Invoice 2026-0001234567",
    "Please ring the bell, flat 1203",
    "Call it a day: 20 pieces at 15.99",
    "VAT DE123456789",
    "Zip 98101-1234, Springfield IL 62701",
    "邮编 510000，收货地址已改",
    "2 + 2 = 4; 100%",
    "@Ada thanks, see you at noon",
    "price @ 5.00 each",
    "meet at dot matrix printer",
    "AAA/AA batteries and/or charger",
    "PO 4500012345 item 10",
]
FOUND = [
    *((text, Kind.LINK) for text in LINKS),
    *((text, Kind.ADDRESS) for text in ADDRESSES),
    *((text, Kind.PHONE) for text in PHONES),
    *((text, Kind.HTML) for text in MARKUP),
]


def kinds(text: str, **named) -> set[str]:
    return {str(passage.kind) for passage in screening.find(text, **named)}


def test_there_are_enough_examples_of_both_kinds():
    assert len(FOUND) >= 80
    assert len(FINE) >= 55


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_what_is_refused_is_found_alone_and_in_a_sentence(text, kind):
    assert kinds(text), text
    if kind not in (Kind.LINK, Kind.ADDRESS):
        assert kinds(text) == {kind}
    for sentence in (f"Hello, {text} thanks", f"你好，{text}，谢谢"):
        found = screening.find(sentence)
        assert found, sentence
        start = sentence.index(text)
        assert any(each.start < start + len(text) and each.end > start for each in found)


@pytest.mark.parametrize("text", FINE)
def test_what_is_fine_stays(text):
    assert [text[each.start : each.end] for each in screening.find(text)] == []


def test_the_orders_own_numbers_and_the_services_address_may_stand():
    text = "Take 2065550100, or 13800138000; ask service@example.com"
    assert kinds(text) == {Kind.ADDRESS, Kind.PHONE}
    known = ["2065550100", "13800138000"]
    assert kinds(text, known=known, addresses=["Service@example.com"]) == set()


def test_a_known_number_does_not_excuse_a_longer_one():
    assert kinds("+12065550100", known=["5550100"]) == {Kind.PHONE}


def test_pieces_mark_the_passages_and_nothing_else():
    text = "Call +1 206 555 0100 or see ｅｖｉｌ．ｃｏｍ now"
    cut = screening.pieces(text, screening.find(text))
    assert "".join(piece.text for piece in cut) == text
    assert [piece.text for piece in cut if piece.kind] == ["+1 206 555 0100", "ｅｖｉｌ．ｃｏｍ"]


def test_each_reason_is_said_once():
    found = screening.find("a.com b.com <b>")
    assert screening.sentence_about(found).count("Links to other sites") == 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged_and_its_passages_lie_within_it(text):
    end = 0
    for passage in screening.find(text):
        assert end <= passage.start < passage.end <= len(text)
        end = passage.end
    cleaned = plain.clean(text)
    assert plain.clean(cleaned) == cleaned
    assert not set(cleaned) & set("\x00\u202e\u2066\u200e\ufeff\x1b")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abc 12.,你好！\n", max_size=60), st.sampled_from([text for text, _kind in FOUND]))
def test_nothing_around_it_hides_it(around, text):
    assert screening.find(f"{around} {text} {around}")


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"\d{3}-\d{7}-\d{7}", fullmatch=True),
    st.from_regex(r"1Z[0-9A-Z]{16}", fullmatch=True),
    st.dates().map(lambda day: day.isoformat()),
    st.decimals(0, 99999, places=2).map(lambda amount: f"${amount:,}"),
)
def test_numbers_of_other_kinds_are_never_phones(order, parcel, day, price):
    if day.startswith(("19", "20")):
        assert kinds(f"Order {order}, parcel {parcel}, {day}: {price}.") == set()


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "a.a-",
        "1",
        "1 ",
        "1-",
        "+",
        "a@",
        "a dot ",
        "<",
        "<b ",
        "&",
        "http:",
        "www.",
        "。",
        "(",
        "一",
        "one ",
        "tel ",
    ],
)
def test_a_hostile_text_of_200_kb_takes_no_time(piece):
    text = (piece * 200_000)[:200_000]
    begun = time.perf_counter()
    screening.find(text)
    assert time.perf_counter() - begun < 6
