"""When the jobs were last seen alive."""

from django.db import models


class Heartbeat(models.Model):
    """One row for each thing that is expected to show up regularly. A row is never culled, as a cache entry may be."""

    name = models.CharField(max_length=50, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
