"""A process that ends with the one that started it. Knows no Django."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Be killed by the kernel when `parent` (a process id) dies, however it dies; end now if it is dead already.

    Where there is no such call (not Linux), a child notices its closed pipe instead, between two documents.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
