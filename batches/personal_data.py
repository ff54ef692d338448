"""What the columns of batches are."""

from accounts.personal_data_register import Clock, Table
from batches import engine

WHEN = "with the batch, 30 days after its end"

TABLES = {
    "batches.Batch": Table(timed="params problem", when=WHEN, plain="kind actor_kind source language state"),
    "batches.BatchRow": Table(timed="subject data sentence", when=WHEN, plain="state code column"),
}

CLOCKS = [Clock("batches", lambda now: engine.old(now).count(), engine.forget)]
