"""The pages of one order."""

from django.urls import URLPattern, path, register_converter

from orders.views import cancel, detail, note, package, pulse, requests, revoke_link, ship, slip


class OrderNumber:
    """NNN-NNNNNNN-NNNNNNN; anything else is no page."""

    regex = "[0-9]{3}-[0-9]{7}-[0-9]{7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OrderNumber, "order_number")

urlpatterns: list[URLPattern] = [
    path("<order_number:number>/", detail.detail, name="detail"),
    path("<order_number:number>/ship/", ship.ship, name="ship"),
    path("<order_number:number>/cancel/", cancel.cancel, name="cancel"),
    path("<order_number:number>/packages/<int:package_number>/", package.edit, name="package"),
    path("<order_number:number>/packing-slip.pdf", slip.packing_slip, name="packing_slip"),
    path("<order_number:number>/note/", note.note, name="note"),
    path("<order_number:number>/revoke-link/", revoke_link.revoke_link, name="revoke_link"),
    path("<order_number:number>/pulse/", pulse.order, name="order_pulse"),
    path("<order_number:number>/request/accept/", requests.accept, name="accept_request"),
    path("<order_number:number>/request/decline/", requests.decline, name="decline_request"),
]
