"""The plan of a seller (F3). A member who may change settings takes the larger one; the marketplace changes it back."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Plan, Seller, User

BECAME_PROFESSIONAL = gettext_noop("Took the professional plan in the portal.")


@transaction.atomic
def become_professional(seller: Seller, user: User) -> bool:
    """The seller has the professional plan; the staff find in its history who took it. False if it had it before."""
    held = Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    if held.plan == Plan.PROFESSIONAL:
        return False
    held.plan = Plan.PROFESSIONAL
    held.save(update_fields=["plan"])
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Seller),
        object_id=str(held.pk),
        object_repr=held.name,
        action_flag=CHANGE,
        change_message=BECAME_PROFESSIONAL,
    )
    return True
