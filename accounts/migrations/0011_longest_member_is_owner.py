from django.db import migrations

EVERY_RIGHT = ["view", "ship", "cancel", "refund", "message", "report", "settings", "owner"]


def name_owners(apps, schema_editor):
    """Make one member of each seller its owner: of those who manage the team, the one with most rights and longest there.

    Whoever manages a team could give themselves every right until now, so nobody gets more than they could take.
    """
    Membership = apps.get_model("accounts", "Membership")  # noqa: N806
    managers = Membership.objects.filter(rights__contains=["settings"]).select_related("user").order_by("pk")
    owned = set(managers.filter(rights__contains=["owner"]).values_list("seller_id", flat=True))
    ranked = sorted(managers, key=lambda each: (not each.user.is_active, -len(each.rights), each.pk))
    for membership in ranked:
        if membership.seller_id not in owned:
            owned.add(membership.seller_id)
            membership.rights = EVERY_RIGHT
            membership.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_owner_is_a_right")]

    operations = [migrations.RunPython(name_owners, migrations.RunPython.noop)]
