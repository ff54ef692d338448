"""When a row of the shipping feed corrects a package, and when it would only lose a number (O14, F5)."""

import pytest

from accounts import clock
from reports.feeds import operations
from tests.helpers import ship
from tests.reports.feeds.feed_steps import A, B, C, fed, member_with, parcel, results, told, tried, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def three():
    """A member, an order of three units of one item, and the cells that name the item."""
    member, (order,) = member_with(3)
    return member, order, {"order_item_id": order.items.get().number}


def numbers(order):
    return list(order.packages.order_by("number").values_list("tracking_number", flat=True))


def test_more_units_than_are_open_are_no_correction(three):
    member, order, item = three
    fed(member, "ship", parcel(order, tracking_number="FIRST00001", quantity=2, **item))
    feed = fed(member, "ship", parcel(order, tracking_number="SECOND0002", quantity=2, **item))
    (row,) = results(feed)
    assert (row.state, row.code, numbers(order)) == ("refused", "70704", ["FIRST00001"])
    assert "2 units cannot be confirmed, 1 are open" in row.sentence


def test_while_units_are_open_another_number_is_another_package(three):
    member, order, item = three
    fed(member, "ship", parcel(order, tracking_number=A, quantity=1, **item))
    fed(member, "ship", parcel(order, tracking_number=B, quantity=1, **item))
    assert numbers(order) == [A, B]


def test_once_nothing_is_open_the_same_units_with_another_number_are_a_correction(three):
    member, order, item = three
    fed(member, "ship", parcel(order, tracking_number=A, quantity=3, **item))
    assert told(fed(member, "ship", parcel(order, tracking_number=B, quantity=3, **item))) == [("done", "")]
    assert numbers(order) == [B]


def test_a_row_of_all_units_never_corrects_a_package_of_some():
    member, (order,) = member_with(3, 1)
    item, other = order.items.all()
    ship(order, {item.pk: 1, other.pk: 1})
    ship(order, {item.pk: 2})
    feed = fed(member, "ship", parcel(order, order_item_id=item.number, tracking_number=C))
    assert (told(feed), numbers(order)) == ([("refused", "70704")], ["1Z1", "1Z1"])


@pytest.mark.parametrize(("cells", "code"), [({}, "70310"), ({"quantity": 3}, "70704")])
@pytest.mark.parametrize("handed_in", [fed, tried])
def test_a_later_row_of_the_file_does_not_overwrite_the_number_of_an_earlier_one(
    three, cells, code, handed_in
):
    member, order, item = three
    named = item if cells else {}
    rows = [parcel(order, tracking_number=number, **named, **cells) for number in (A, B)]
    assert told(handed_in(member, "ship", *rows)) == [("done", ""), ("refused", code)]


def test_it_is_refused_as_well_when_the_feed_is_retried(three):
    member, order, _item = three
    feed = fed(member, "ship", *[parcel(order, tracking_number=number) for number in (A, B)])
    again = worked(operations.again(feed, user=member.user, now=clock.now()))
    assert (told(again), numbers(order)) == ([("done", "70707"), ("refused", "70310")], [A])


def test_the_very_same_row_twice_changes_nothing(three):
    member, order, _item = three
    assert told(fed(member, "ship", *[parcel(order, tracking_number=A)] * 2)) == [("done", "")] * 2
    assert numbers(order) == [A]


def test_two_rows_that_say_which_items_are_two_packages(three):
    member, order, item = three
    rows = [
        parcel(order, tracking_number=number, quantity=units, **item) for number, units in ((A, 1), (B, 2))
    ]
    assert told(fed(member, "ship", *rows)) == [("done", "")] * 2
    assert numbers(order) == [A, B]
