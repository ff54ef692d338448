"""The feed that the README hands to the demo is one, of listings that the demo has, with one row that it has not."""

import re

from demo.catalogue import LANTERN_AND_PINE
from reports.feeds.files import reading
from reports.feeds.files.kinds import FeedKind
from tests.test_rules import ROOT


def test_the_sample_feed_is_read(tmp_path) -> None:
    (sample,) = re.findall(r"printf '([^']+)' > stock\.txt", (ROOT / "README.md").read_text())
    file = tmp_path / "stock.txt"
    file.write_text(sample.replace(r"\t", "\t").replace(r"\n", "\n"))
    feed = reading.open(file)
    skus = [row.cells["sku"] for row in feed.rows()]
    known = {good.sku for good in LANTERN_AND_PINE}
    assert (feed.kind, [sku in known for sku in skus]) == (FeedKind.STOCK, [True, True, False])
