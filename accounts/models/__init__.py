"""Who takes part: people, the marketplace, its sales channels, sellers and their members."""

from accounts.models.heartbeat import Heartbeat
from accounts.models.marketplace import ChannelToken, Marketplace, SalesChannel
from accounts.models.permission_mail import PermissionMail
from accounts.models.seller import Invitation, Membership, Plan, Right, Seller
from accounts.models.throttle import Throttle
from accounts.models.user import StaffPermission, User

__all__ = [
    "ChannelToken",
    "Heartbeat",
    "Invitation",
    "Marketplace",
    "Membership",
    "PermissionMail",
    "Plan",
    "Right",
    "SalesChannel",
    "Seller",
    "StaffPermission",
    "Throttle",
    "User",
]
