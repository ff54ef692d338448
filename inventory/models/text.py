"""What listings are searched by, in a table of its own: a listing's row changes with every order, its words do not."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from inventory.models.listing import Listing


class ListingText(models.Model):
    """SKU, ASIN and title in capitals, each on a line of its own; written by a trigger of the listing."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="text")
    words = models.TextField()

    class Meta:
        indexes = [GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="listing_words")]

    def __str__(self) -> str:
        return self.words.strip()
