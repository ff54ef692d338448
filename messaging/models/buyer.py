"""What threads are searched by beside their messages, in a table of its own: a thread's row changes with each one."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from messaging.models.thread import Thread


class ThreadBuyer(models.Model):
    """The name of the buyer of a thread's order; written by triggers of the thread and of the order."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, primary_key=True, related_name="buyer")
    name = models.CharField(max_length=150)

    class Meta:
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="thread_buyer_name")]

    def __str__(self) -> str:
        return self.name
