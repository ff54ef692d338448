"""The table of orders as members have it, and saved views: which pictures, and what must be there first."""

from collections.abc import Iterator

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Membership, User
from orders.lists import columns
from orders.models import DeskPreference, SavedView
from tests.screenshots.shot import OWNER, Shot

OWN = {
    "Within a week": "tab=unshipped&ship=week",
    "Expedited, not printed": "tab=unshipped&service=Expedited&printed=no",
    "Fragile": "tab=unshipped&note=yes",
}
TEAMS = {"Late": "tab=unshipped&attention=late", "Sent expedited": "tab=shipped&service=Expedited"}
PACKING = ["sku", "units", "service", "ship_by", "city", "country", "printed", "note", "status"]
BOOKS = [
    "placed",
    "items",
    "price",
    "tax",
    "shipping",
    "shipping_tax",
    "total",
    "payment",
    "carrier",
    "tracking",
]


def shots() -> Iterator[Shot]:
    """Each as a member would have set it up; all of it is gone afterwards."""
    member = Membership.objects.select_related("user", "seller").get(
        user=User.objects.get(email=OWNER), seller__slug="lantern-and-pine"
    )
    orders = reverse("orders:list")
    views = [_view(member, name, query, place) for place, (name, query) in enumerate(OWN.items())]
    views += [_view(member, name, query, 9, is_shared=True) for name, query in TEAMS.items()]
    yield Shot("views-list", f"{orders}?tab=unshipped")
    yield Shot("views-opened", f"{orders}?{views[3].query}&view={views[3].pk}")
    yield Shot("views-changed", f"{orders}?{views[1].query}&fulfilment=MFN&view={views[1].pk}")
    yield Shot("views-save", f"{orders}?tab=unshipped&service=Standard", act=_open_save)
    yield Shot("views-page", reverse("orders:views"))
    yield Shot("views-rename", reverse("orders:view", args=[views[0].pk]))
    yield Shot("views-delete", reverse("orders:view_delete", args=[views[3].pk]))
    yield Shot("views-new", f"{reverse('orders:view_new')}?tab=shipped&service=Overnight")
    for n in range(9):
        views.append(_view(member, f"Warehouse {n}", "tab=unshipped&service=Standard", 20 + n))
    yield Shot("views-many", f"{orders}?tab=unshipped")
    yield Shot("table-page", reverse("orders:table"))
    yield Shot("table-page-of-view", f"{reverse('orders:table')}?view={views[0].pk}")
    for name, chosen in {"packing": PACKING, "books": BOOKS, "usual": [], "all": list(columns.ALL)}.items():
        for density in ("line", "comfortable", "compact"):
            wanted = {"columns": chosen, "density": density}
            DeskPreference.objects.update_or_create(membership=member, defaults=wanted)
            tab = "shipped" if name == "books" else "unshipped"
            yield Shot(f"table-{name}-{density}", f"{orders}?tab={tab}")
    DeskPreference.objects.filter(membership=member).delete()
    SavedView.objects.filter(seller=member.seller).delete()


def _view(member: Membership, name: str, query: str, place: int, *, is_shared: bool = False) -> SavedView:
    whose = {"owner": None if is_shared else member, "made_by": member.user, "place": place}
    return SavedView.objects.create(seller=member.seller, name=name, query=query, **whose)


def _open_save(page: Page) -> None:
    page.locator("summary", has_text="Save view").click()
    page.get_by_label("Name of the view").fill("Standard")
