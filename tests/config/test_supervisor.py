"""Ctrl-C stops every child, and a child that ends is reported."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
SLEEPER = "import os, time; print('up', os.getpid(), flush=True); time.sleep(60)"
# It has a child of its own and will not hear.
STUBBORN = (
    "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
    "print('up', os.getpid(), flush=True); time.sleep(60)"
)
KEEPER = """
import sys
from config import supervisor
from config.supervisor import Program, Supervisor
supervisor.GRACE_SECONDS = 1
codes = sys.argv[1:]
programs = [Program(f"child{n}", [sys.executable, "-c", code]) for n, code in enumerate(codes)]
sys.exit(Supervisor(programs).run())
"""


class Keeper:
    """A supervisor in a process of its own, its lines read as they come."""

    def __init__(self, *codes: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", KEEPER, *codes], cwd=HOME, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []

    def read_until(self, *words: str, times: int = 1) -> None:
        assert self.process.stdout is not None
        while sum(all(word in line for word in words) for line in self.lines) < times:
            line = self.process.stdout.readline()
            assert line, f"the supervisor ended before it said {words}: {self.lines}"
            self.lines.append(line)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.lines += self.process.stdout.readlines()
        return self.process.wait(timeout=20)

    def children(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.lines if "up" in line.split()]


def alive(pid: int) -> bool:
    """Whether the process runs; one that waits to be buried does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_child_is_gone_when_the_terminal_says_so(number: int) -> None:
    keeper = Keeper(SLEEPER, SLEEPER, STUBBORN)
    keeper.read_until("up", times=4)
    assert keeper.end(number) == 0
    assert len(keeper.children()) == 4
    time.sleep(0.2)
    assert [pid for pid in keeper.children() if alive(pid)] == []


def test_lines_carry_the_name_of_their_speaker() -> None:
    keeper = Keeper(SLEEPER)
    keeper.read_until("up")
    keeper.end(signal.SIGINT)
    assert keeper.lines[0].startswith("child0 | up ")


def test_a_killed_child_is_reported_and_started_again() -> None:
    keeper = Keeper(SLEEPER)
    keeper.read_until("up")
    os.kill(keeper.children()[0], signal.SIGKILL)
    keeper.read_until("up", times=2)
    keeper.end(signal.SIGINT)
    assert "shipby | child0 was ended by SIGKILL; it starts again.\n" in keeper.lines


def test_a_child_that_keeps_ending_stops_everything() -> None:
    keeper = Keeper(SLEEPER, "raise SystemExit(3)")
    keeper.read_until("again and again")
    assert keeper.process.wait(timeout=20) == 1
    assert not any(alive(pid) for pid in keeper.children())


def test_a_port_in_use_is_a_sentence() -> None:
    import socket

    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=HOME,
            env={**os.environ, "PORT": str(port)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"The portal does not start: port {port} is taken, perhaps by another `make run`. "
        f"To use another: PORT={port + 1} make run\n"
    )
