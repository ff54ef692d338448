"""The floor: the cheapest page of 50 orders that Django can give, to measure the portal's pages against.

One ideal query, session and sign-in, cells that are strings before the template sees them.
"""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

QUERY = """
    SELECT number, to_char(placed_at, 'YYYY-MM-DD HH24:MI'), buyer_name, city || ', ' || country, service,
        to_char(ship_by, 'YYYY-MM-DD'), currency || ' ' || (total / 100.0)::numeric(12, 2), status
    FROM orders_order WHERE seller_id = %s AND status = 'shipped' ORDER BY placed_at DESC, id DESC LIMIT 50
"""
PAGE = Template(
    "<!doctype html><title>Orders</title><p>{{ user }}</p><table>"
    "{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


@login_required
def orders(request: HttpRequest, seller: int) -> HttpResponse:
    """The newest shipped orders of a seller."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [seller])
        rows = cursor.fetchall()
    return HttpResponse(PAGE.render(Context({"rows": rows, "user": request.user})))


def livez(_request: HttpRequest) -> HttpResponse:
    """Says that the floor is up."""
    return HttpResponse()


urlpatterns = [path("livez", livez), path("floor/<int:seller>/", orders)]
