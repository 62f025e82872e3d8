"""What the two embedded servers have in common: a process, a folder, a log and an end (OPS-1)."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from . import processes
from .datadir import DataDir


class Server:
    """One server on 127.0.0.1, in the foreground as our child, with its own folder below the data folder's home."""

    name: ClassVar[str]
    ends_by: ClassVar[signal.Signals] = signal.SIGTERM
    insists_by: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self, data: DataDir) -> None:
        self.data = data
        self.folder = data.home / self.name
        self.account = processes.unprivileged_account(self.folder)
        self.log = data.log / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._log_start = 0

    def start(self) -> None:
        """Start the server without waiting for it; raises Problem when it cannot be."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the server does its work now; False while it starts or recovers."""
        raise NotImplementedError

    def after_start(self) -> None:
        """Make what must be in the server before others use it."""

    def spawn(self, command: Sequence[str | Path], env: Mapping[str, str], stdin: int = subprocess.DEVNULL) -> None:
        """Start the process, marked as ours, its words going to the log."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = processes.spawn(
                command,
                env={**env, processes.MARK: str(self.folder)},
                cwd=self.folder,
                dies_by=self.ends_by,
                account=self.account,
                stdin=stdin,
                stdout=log,
            )

    @property
    def has_ended(self) -> bool:
        """Whether the process was started and is no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask the process to end cleanly, and insist after a minute."""
        if self.process is not None:
            processes.stop(self.process, by=self.ends_by, patience=60, then=self.insists_by)

    def why_it_ended(self) -> str:
        """One line on the end of the process, for a person."""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            said = file.read().decode(errors="replace")
        return explain(said, self.folder) or f"{self.name} ended: {last_word(said)} (see {self.log})"


def explain(said: str, folder: Path) -> str | None:
    """The plain sentence for a known trouble in a server's words, or None."""
    if "No space left on device" in said:
        return f"The disk that holds {folder} is full: free some space, then start again."
    if "could not create shared memory segment" in said:
        return "This machine has no shared memory left for PostgreSQL: free some, then start again."
    return None


def last_word(said: str) -> str:
    """The line of a server's words that says most about its end."""
    lines = [line for line in said.splitlines() if line.strip()]
    told = [line for line in lines if re.search(r"FATAL|PANIC|ERROR|error:", line)]
    return (told or lines or ["it gave no reason"])[-1].strip()
