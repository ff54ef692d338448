"""Files are known by a keyed digest from now on; inventory files are taken each time; feeds at work get their turn."""

import hashlib
import hmac

from django.conf import settings
from django.db import migrations
from django.db.models import F, Q

AT_ONCE = 1_000


def fill(apps, _schema_editor):
    feeds = apps.get_model("reports", "Feed").objects
    feeds.filter(kind="stock", is_taken=True).update(is_taken=False)
    feeds.filter(Q(state="uploaded", is_at_once=True) | Q(state="processing")).update(turn=F("pk"))
    key, some = settings.FEED_MEMORY_KEYS[0].encode(), []
    for feed in feeds.only("digest").iterator(chunk_size=AT_ONCE):
        feed.digest = hmac.new(key, feed.digest.encode(), hashlib.sha256).hexdigest()
        some.append(feed)
        if len(some) == AT_ONCE:
            feeds.bulk_update(some, ["digest"])
            some = []
    feeds.bulk_update(some, ["digest"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_feed_turns_and_memory")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
