"""Processes that die in the middle: forked, killed by SIGKILL, nothing of theirs runs afterwards."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from django.db import connections

FORK = multiprocessing.get_context("fork")


def die(*_args: Any, **_kwargs: Any) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def forked(work: Callable[[], Any]) -> multiprocessing.process.BaseProcess:
    """A started process of its own doing this work, on database connections of its own."""

    def run() -> None:
        for connection in connections.all():
            connection.connection = None  # the parent's socket: not this process's to use or to close
        try:
            work()
        finally:
            os._exit(0)

    connections.close_all()
    process = FORK.Process(target=run)
    process.start()
    return process


def killed_in(work: Callable[[], Any]) -> None:
    """Run the work in a process that is expected to be killed on the way."""
    process = forked(work)
    process.join()
    assert process.exitcode == -signal.SIGKILL
