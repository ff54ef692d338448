"""Where the pages of refunds, returns, and the orders that hold units of a listing live."""

from django.urls import URLPattern, path, register_converter

import orders.urls.order  # noqa: F401 - it registers "order_number"
from refunds.views import buyer, decide, desk, failed, holders, record, refund, slip, start

app_name = "refunds"


class Rma:
    """An order number and -R1, -R2, …; anything else is no page."""

    regex = "[0-9]{3}-[0-9]{7}-[0-9]{7}-R[0-9]{1,4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Rma, "rma")

urlpatterns: list[URLPattern] = [
    path("inventory/<int:pk>/orders/", holders.holders, name="holders"),
    path("orders/<order_number:number>/refunds/", refund.refund, name="refund"),
    path(
        "orders/<order_number:number>/refunds/<int:refund_number>/take-back/",
        decide.take_back,
        name="take_back",
    ),
    path("orders/<order_number:number>/refunds/<int:refund_number>/retry/", decide.retry, name="retry"),
    path("orders/<order_number:number>/return/", start.start, name="start_return"),
    path("returns/", desk.returns, name="returns"),
    path("refunds/failed/", failed.failed, name="failed"),
    path("returns/<rma:rma>/", record.record, name="return"),
    path("returns/<rma:rma>/authorise/", record.authorise, name="authorise_return"),
    path("returns/<rma:rma>/receive/", record.receive, name="receive_return"),
    path("returns/<rma:rma>/close/", record.close, name="close_return"),
    path("returns/<rma:rma>/reopen/", record.reopen, name="reopen_return"),
    path("returns/<rma:rma>/slip.pdf", slip.slip, name="return_slip"),
    path("buyer/<str:token>/return/", buyer.ask, name="buyer_return"),
    path("buyer/<str:token>/return/<rma:rma>/slip.pdf", buyer.slip, name="buyer_slip"),
    path("buyer/<str:token>/return/<rma:rma>/withdraw/", buyer.withdraw, name="buyer_withdraw"),
]
