"""How often something was done lately."""

from django.db import models


class Throttle(models.Model):
    """How much was counted for one subject in the window that ends at `ends_at`.

    The key is a digest: it names no person and no address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveBigIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M}"
