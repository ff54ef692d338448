"""What the pages of the marketplace's staff share: look at everything that matters, change almost nothing."""

from dataclasses import dataclass
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import StaffPermission, User

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Act:
    """A link on a record's page to something that staff can do with it."""

    label: str
    url: str


class CappedPaginator(Paginator):
    """Counts no further than anybody turns pages, so that a list of a million rows opens at once."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:MOST_COUNTED].count()


class ForStaff:
    """Staff may look, nobody may add, change or delete; a page says itself what else it allows."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest, *_obj: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StaffPage(ForStaff, admin.ModelAdmin):
    """A list that costs the same however long it is, and a record to look at."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    sortable_by = ()
    ordering = ("-pk",)
    change_form_template = "admin/record.html"

    def acts(self, request: HttpRequest, record: Any) -> list[Act]:
        """Return what this member of staff can do with the record now; the operations check again."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The record's page, with links to what can be done."""
        record = kwargs.get("obj")
        context["acts"] = self.acts(request, record) if record else []
        return super().render_change_form(request, context, *args, **kwargs)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the person may use the page's own actions, each of which is an operation with its rules."""
        return is_staff(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the page's own filters: by others an address could spell out a password's hash, letter by letter."""
        filters = [name for name in self.list_filter if isinstance(name, str)]
        asked = lookup.removesuffix("__isnull").removesuffix("__exact").removesuffix("__id")
        return asked in filters

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; what cannot be looked up is a 400."""
        texts = [text for data in (request.GET, request.POST) for _, each in data.lists() for text in each]
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any("\0" in text for text in texts) or not all(pk.isdecimal() for pk in picked):
            raise BadRequest
        return super().changelist_view(request, extra_context)


class FreshSignIn:
    """What is saved on such a page changes what somebody may do: it asks for the password once more."""

    @method_decorator(reauthentication_required(allow_get=True))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    @method_decorator(reauthentication_required(allow_get=True))
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().delete_view(request, *args, **kwargs)  # type: ignore[misc]


class Part(ForStaff, admin.TabularInline):
    """Records that belong to another one, to look at on its page."""

    extra = 0
    max_num = 0
    can_delete = False


def person(request: HttpRequest) -> User:
    """Who is asking; the pages let nobody else in."""
    return cast(User, request.user)


def is_staff(request: HttpRequest) -> bool:
    """Whether somebody of the marketplace is asking."""
    return bool(request.user.is_active and request.user.is_staff)


def is_superuser(request: HttpRequest) -> bool:
    """Whether somebody who sets up the marketplace itself is asking."""
    return bool(is_staff(request) and request.user.is_superuser)


def may(request: HttpRequest, permission: StaffPermission) -> bool:
    """Return whether this member of staff may do this; a superuser may do everything."""
    return is_staff(request) and person(request).has_perm(f"accounts.{permission}")


def require(request: HttpRequest, permission: StaffPermission) -> None:
    """Raise PermissionDenied, with a sentence that names the permission, unless this member of staff has it."""
    if not may(request, permission):
        words = {"permission": permission.label}
        raise PermissionDenied(_("You don't have the permission “%(permission)s”. Ask a superuser.") % words)
