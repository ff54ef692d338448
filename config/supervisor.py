"""Several programs in one terminal: their lines carry their name, and none of them outlives the others."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

POLL_SECONDS = 0.1
GRACE_SECONDS = 25
RESTARTS = 5
RESTARTS_WITHIN_SECONDS = 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Program:
    """A program by the name that its lines carry."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started_at: list[float] = field(default_factory=list)

    def start(self) -> None:
        """The program runs in a session of its own, so that Ctrl-C reaches only its keeper."""
        self.started_at.append(time.monotonic())
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._relay, args=[self.process], daemon=True).start()

    def ended(self) -> int | None:
        """The code it ended with; None while it runs."""
        return self.process.poll() if self.process else 0

    def signal(self, number: int, *, whole_group: bool = False) -> None:
        """Tell the program, or all that it has started, to end."""
        if not self.process:
            return
        with suppress(ProcessLookupError):
            (os.killpg if whole_group else os.kill)(self.process.pid, number)

    def fails_again_and_again(self) -> bool:
        """Whether starting it once more is pointless."""
        since = time.monotonic() - RESTARTS_WITHIN_SECONDS
        return sum(moment > since for moment in self.started_at) > RESTARTS

    def _relay(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            say(self.name, line.rstrip("\n"))


def say(name: str, line: str) -> None:
    """One line on the terminal, by its speaker."""
    sys.stdout.write(f"{name:<7}| {line}\n")
    sys.stdout.flush()


class Supervisor:
    """Keeps the programs running until Ctrl-C, a signal, or one of them that will not stay up."""

    def __init__(
        self, programs: Sequence[Program], *, when_started: Callable[[], None] | None = None
    ) -> None:
        self.programs = programs
        self.when_started = when_started
        self.asked_to_stop = 0

    def run(self) -> int:
        """Every program has ended when this returns; the code is 0 when a person asked for it."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)
        try:
            for program in self.programs:
                program.start()
            if self.when_started:
                threading.Thread(target=self.when_started, daemon=True).start()
            return self._watch()
        finally:
            self._stop()

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop += 1

    def _watch(self) -> int:
        while not self.asked_to_stop:
            for program in self.programs:
                code = program.ended()
                if code is not None and not self._restarted(program, code):
                    return 1
            time.sleep(POLL_SECONDS)
        return 0

    def _restarted(self, program: Program, code: int) -> bool:
        """Report a program that ended; start it again unless it keeps ending."""
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        program.signal(signal.SIGKILL, whole_group=True)
        if program.fails_again_and_again():
            say("shipby", f"{program.name} {how} again and again; everything stops.")
            return False
        say("shipby", f"{program.name} {how}; it starts again.")
        program.start()
        return True

    def _stop(self) -> None:
        """Ask each to end; those that do not within the grace, or at a second Ctrl-C, are killed."""
        running = [program for program in self.programs if program.ended() is None]
        if running:
            say("shipby", f"Stopping {', '.join(program.name for program in running)} …")
        for program in running:
            program.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(program.ended() is None for program in running):
            if time.monotonic() > deadline or self.asked_to_stop > 1:
                break
            time.sleep(POLL_SECONDS)
        for program in self.programs:
            program.signal(signal.SIGKILL, whole_group=True)
            if program.process:
                program.process.wait()
