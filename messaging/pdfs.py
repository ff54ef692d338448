"""PDFs as they may be kept: written anew by `pdf_rewriter`, which runs apart with limits of memory and time."""

import subprocess
import sys
from pathlib import Path

from django.db import models

PROGRAM = Path(__file__).with_name("pdf_rewriter.py")
SECONDS = 30
"""How long the portal waits; the program itself may use less of the processor's time."""


class Fault(models.IntegerChoices):
    """Why a PDF may not be kept; the first two are codes with which the program ends."""

    DAMAGED = 3
    ACTIVE = 4
    TOO_COMPLEX = 5


class PdfRefused(Exception):
    """Damaged or encrypted, active, or impossible to look through within the limits; `fault` says which."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


def rewrite(content: bytes, *, longest: int) -> bytes:
    """Return the PDF as qpdf writes it: only objects that were judged, and nothing before or after it.

    Raises:
        PdfRefused: also for one that would grow beyond `longest` bytes.
    """
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, env={}
        )
    except subprocess.TimeoutExpired:
        raise PdfRefused(Fault.TOO_COMPLEX) from None
    if done.returncode in (Fault.DAMAGED, Fault.ACTIVE):
        raise PdfRefused(Fault(done.returncode))
    if done.returncode or not done.stdout or len(done.stdout) > longest:
        # The program was ended by one of its limits.
        raise PdfRefused(Fault.TOO_COMPLEX)
    return done.stdout
