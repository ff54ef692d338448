"""Makes the tables, one partner with all the orders, and a session of its user; prints that as JSON.

`python -m benchmarks.oscar_site.load 200000`, by the Python that has Oscar.
"""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.oscar_site.settings"
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.auth.models import Permission  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

BASKETS = "INSERT INTO basket_basket (status, date_created) SELECT 'Submitted', now() FROM generate_series(1, %(n)s)"
ADDRESSES = """
    INSERT INTO order_shippingaddress (title, first_name, last_name, line1, line2, line3, line4, state, postcode,
        search_text, phone_number, notes, country_id)
    SELECT '', 'Ada', 'Buyer', i || ' Main Street', '', '', 'Springfield', 'IL', '62701', 'Ada Buyer', '', '', 'US'
    FROM generate_series(1, %(n)s) AS i
"""
ORDERS = """
    INSERT INTO order_order (number, currency, total_incl_tax, total_excl_tax, shipping_incl_tax,
        shipping_excl_tax, shipping_method, shipping_code, status, guest_email, date_placed, analytics_tracked,
        site_id, basket_id, shipping_address_id)
    SELECT (100000 + i)::text, 'USD', 10.80, 10, 4, 4, 'Standard', 'standard', 'Pending', 'ada@example.org',
        now() - interval '365 days' * (%(n)s - i) / %(n)s, true, 1, i, i
    FROM generate_series(1, %(n)s) AS i
"""
LINES = """
    INSERT INTO order_line (partner_name, partner_sku, partner_line_reference, partner_line_notes, title, upc,
        quantity, line_price_incl_tax, line_price_excl_tax, line_price_before_discounts_incl_tax,
        line_price_before_discounts_excl_tax, unit_price_incl_tax, unit_price_excl_tax, status, num_allocated,
        allocation_cancelled, order_id, partner_id, product_id, stockrecord_id)
    SELECT 'Bench', 'mug', '', '', 'Enamel mug', '', 1, 10.80, 10, 10.80, 10, 10.80, 10, 'Pending', 1, false,
        o.id, %(partner)s, %(product)s, %(stock)s
    FROM order_order AS o, generate_series(1, 2) AS line WHERE line = 1 OR o.id %% 3 = 0
"""


def main(count: int) -> None:
    """The partner has this many orders, one to two lines each."""
    call_command("migrate", interactive=False, verbosity=0)
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="US",
        iso_3166_1_a3="USA",
        iso_3166_1_numeric="840",
        printable_name="United States",
        name="United States",
    )
    partner = get_model("partner", "Partner").objects.create(name="Bench")
    kind = get_model("catalogue", "ProductClass").objects.create(name="Mugs")
    product = get_model("catalogue", "Product").objects.create(title="Enamel mug", product_class=kind)
    stock = product.stockrecords.create(partner=partner, partner_sku="mug", price=10, num_in_stock=10**6)
    values = {"n": count, "partner": partner.pk, "product": product.pk, "stock": stock.pk}
    with connection.cursor() as cursor:
        for statement in (BASKETS, ADDRESSES, ORDERS, LINES):
            cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT number FROM order_order ORDER BY id LIMIT 200 OFFSET %s", [count // 2])
        numbers = [number for (number,) in cursor.fetchall()][:30]
    print(json.dumps({"cookie": f"sessionid={_sign_in(partner)}", "numbers": numbers}))


def _sign_in(partner: object) -> str:
    """A session of somebody who works for the partner and may use the dashboard."""
    user = get_user_model().objects.create_user("partner", "partner@example.org", "correct horse battery")
    user.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    partner.users.add(user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "oscar.apps.customer.auth_backends.EmailBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    main(int(sys.argv[1]))
