"""Pages of the marketplace's staff: people, sellers, sales channels and their tokens, the marketplace itself."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, invitation_mail, invitations, team
from accounts.form_fields import StaffPermissionsField
from accounts.models import (
    ChannelToken,
    Invitation,
    Marketplace,
    Membership,
    Right,
    SalesChannel,
    Seller,
    User,
)
from accounts.staff_pages import FreshSignIn, Part, StaffPage, is_staff, is_superuser, person
from accounts.team import TeamRefused

admin.site.site_header = admin.site.site_title = gettext_lazy("Shipby staff")
admin.site.index_title = gettext_lazy("Marketplace")
# One way to sign in, with its throttle and its second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Who may do what stands in the code and in memberships; addresses and sessions are the person's own.
admin.site.unregister([Group, EmailAddress, UserSession, Authenticator])


class BySuperusers:
    """Only those who set up the marketplace may add or change; nothing is deleted."""

    def has_add_permission(self, request: HttpRequest, *_obj: Any) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)


@admin.register(Marketplace)
class MarketplaceAdmin(BySuperusers, StaffPage):
    """The rules that a marketplace sets; what orders were counted with does not change."""

    list_display = ("name", "country", "time_zone", "currency")

    def get_readonly_fields(self, request: HttpRequest, obj: Marketplace | None = None) -> tuple[str, ...]:
        return ("slug", "country", "subdivision", "time_zone", "currency") if obj else ()


class TokenPart(Part):
    model = ChannelToken
    fields = readonly_fields = ("created_at", "expires_at", "revoked_at")


@admin.register(SalesChannel)
class SalesChannelAdmin(BySuperusers, StaffPage):
    """Where buyers order; its address stays as it was handed out."""

    list_display = ("name", "slug", "marketplace")
    list_select_related = ("marketplace",)
    inlines = (TokenPart,)

    def get_readonly_fields(self, request: HttpRequest, obj: SalesChannel | None = None) -> tuple[str, ...]:
        return ("slug", "marketplace") if obj else ()


class TokenForm(forms.ModelForm):
    """For which channel, and for how long."""

    days = forms.IntegerField(label=gettext_lazy("Valid for, days"), min_value=1, max_value=730, initial=365)

    class Meta:
        model = ChannelToken
        fields = ("channel",)


@admin.register(ChannelToken)
class ChannelTokenAdmin(StaffPage):
    """Tokens are issued, whose secret is shown once, and revoked."""

    list_display = ("channel", "created_at", "expires_at", "revoked_at")
    list_select_related = ("channel",)
    fields = ("channel", "created_at", "expires_at", "revoked_at")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest, *_obj: Any) -> bool:
        return is_superuser(request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if change else TokenForm

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("channel", "days")

    def save_model(self, request: HttpRequest, obj: ChannelToken, form: Any, change: bool) -> None:
        """Issue a token; its secret lives until the answer to this request, and nowhere else."""
        token, secret = ChannelToken.issue(obj.channel, now=clock.now(), days=form.cleaned_data["days"])
        obj.pk, obj.digest = token.pk, token.digest
        request.issued_secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ChannelToken, *_args: Any) -> HttpResponse:
        """The one page that shows the secret; it is kept by no cache."""
        secret = request.issued_secret  # type: ignore[attr-defined]
        context = {**self.admin_site.each_context(request), "title": _("Token issued")}
        context |= {"token": obj, "secret": secret, "opts": self.opts}
        return TemplateResponse(
            request, "admin/token_issued.html", context, headers={"Cache-Control": "no-store"}
        )

    @admin.action(description=gettext_lazy("Revoke"), permissions=["act"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ChannelToken]) -> None:
        """The tokens open nothing any more."""
        count = tokens.filter(revoked_at=None).update(revoked_at=clock.now())
        self.message_user(request, _("%(count)d tokens revoked.") % {"count": count})


@admin.register(Seller)
class SellerAdmin(StaffPage):
    """A seller's name, plan and address; superusers let new ones in."""

    list_display = ("name", "plan", "marketplace")
    list_select_related = ("marketplace",)
    list_filter = ("plan", "marketplace")
    search_fields = ("name",)
    fields = ("marketplace", "slug", "name", "plan", "ship_from")

    def has_add_permission(self, request: HttpRequest, *_obj: Any) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_staff(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Seller | None = None) -> tuple[str, ...]:
        return ("marketplace", "slug") if obj else ()


class MembershipPart(Part):
    model = Membership
    fields = readonly_fields = ("seller", "rights")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("seller", "user")


@admin.register(User)
class UserAdmin(FreshSignIn, StaffPage):
    """Facts of an access review, and the switch that shuts somebody out at once."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email__startswith",)
    fields = (
        "email",
        "name",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "user_permissions",
        "last_login",
        "date_joined",
    )
    inlines = (MembershipPart,)

    def formfield_for_manytomany(self, *_args: Any, **_kwargs: Any) -> StaffPermissionsField:
        """Offer the permissions of the marketplace's staff; Django's own open nothing here."""
        return StaffPermissionsField()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff may shut out a seller's people; staff themselves are a superuser's matter."""
        return is_superuser(request) or (is_staff(request) and not (isinstance(obj, User) and obj.is_staff))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        mine = {"is_active", "is_staff", "user_permissions"} if is_superuser(request) else {"is_active"}
        open_fields = set() if obj and obj.pk == request.user.pk else mine
        return [field for field in self.fields if field not in open_fields]


@admin.register(Authenticator)
class AuthenticatorAdmin(FreshSignIn, StaffPage):
    """Second factors, without their secrets; a superuser takes one away when the device is lost."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email__startswith",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)


class MembershipForm(forms.ModelForm):
    """Which rights; whether the team can spare them is asked before saving and judged while saving."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"), choices=Right.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Membership
        fields = ("rights",)


@admin.register(Membership)
class MembershipAdmin(FreshSignIn, StaffPage):
    """Superusers may help a team whose managers cannot; by the same operations, so never the last one out."""

    list_display = ("user", "seller", "rights")
    list_select_related = ("user", "seller")
    search_fields = ("user__email__startswith", "seller__name")
    form = MembershipForm
    fields = ("user", "seller", "rights")
    readonly_fields = ("user", "seller")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        _or_denied(
            lambda: team.set_rights(obj, form.cleaned_data["rights"], by=person(request), now=clock.now())
        )


class InvitationForm(forms.ModelForm):
    """Whom a superuser invites: a new seller's first member."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=Right.choices,
        initial=Right.values,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Invitation
        fields = ("seller", "email", "rights")


@admin.register(Invitation)
class InvitationAdmin(FreshSignIn, StaffPage):
    """Who was invited where; superusers invite the first member of a new seller."""

    list_display = ("email", "seller", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("seller", "invited_by")
    search_fields = ("email__startswith",)

    def has_add_permission(self, request: HttpRequest, *_obj: Any) -> bool:
        return is_superuser(request)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if change else InvitationForm

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("seller", "email", "rights", *(("invited_by", "created_at", "expires_at") if obj else ()))

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        words = form.cleaned_data
        invited = _or_denied(
            lambda: invitations.invite(
                words["seller"], words["email"], words["rights"], by=person(request), now=clock.now()
            )
        )
        obj.pk = invited.pk

        def mail() -> None:
            if not invitation_mail.send(invited):
                sentence = _("The mail could not be sent; a member can send it again.")
                self.message_user(request, sentence, messages.WARNING)

        transaction.on_commit(mail)


def _or_denied(operation: Any) -> Any:
    """What the operation returns; its refusal is shown as a page of its own."""
    try:
        return operation()
    except TeamRefused as refusal:
        raise PermissionDenied(str(refusal)) from refusal
