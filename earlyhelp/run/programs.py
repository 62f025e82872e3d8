"""The programs under the supervisor: started, heard, started again when they end (OPS-1)."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from earlyhelp.embedded import processes

LONGEST_DELAY = 30.0
"""Seconds; the delay before a start doubles from 1 up to this."""

STEADY_AFTER = 60.0
"""Seconds of life after which an end counts as the first again."""


class Console:
    """Prints lines with the name of who said them, and never fails for want of a reader."""

    def __init__(self, width: int = 8) -> None:
        self.width = width

    def line(self, name: str, text: str) -> None:
        """Print one line."""
        self.plain(f"{name:<{self.width}} | {text}")

    def plain(self, text: str) -> None:
        """Print as it is."""
        try:
            print(text, flush=True)
        except OSError:
            return  # the terminal was closed; the work goes on until we are asked to stop


class Program:
    """One of our programs: its process, its words and the rule for starting it again."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path,
        *,
        dies_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        """`dies_by` is the signal that the process gets when the supervisor itself is killed."""
        self.name = name
        self.dies_by = dies_by
        self.command = command
        self.env = env
        self.cwd = cwd
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.last_line = ""
        self._started = 0.0
        self._start_at: float | None = None
        self._unfinished = b""

    def start(self) -> int:
        """Start the process and return the file descriptor of its words."""
        self._started, self._start_at = time.monotonic(), None
        read, write = os.pipe()
        try:
            self.process = processes.spawn(self.command, env=self.env, cwd=self.cwd, dies_by=self.dies_by, stdout=write)
        finally:
            os.close(write)
        os.set_blocking(read, False)
        return read

    def hear(self, read: int, say: Callable[[str, str], None]) -> bool:
        """Print the whole lines that have come; False once nothing more will come."""
        try:
            said = os.read(read, 65536)
        except BlockingIOError:
            return True
        *lines, self._unfinished = (self._unfinished + said).split(b"\n")
        if not said and self._unfinished:
            lines, self._unfinished = [self._unfinished], b""
        for line in lines:
            self.last_line = line.decode(errors="replace").rstrip()
            say(self.name, self.last_line)
        return bool(said)

    @property
    def has_ended(self) -> bool:
        """Whether the process was started and is no more."""
        return self.process is not None and self.process.poll() is not None

    def must_start(self, say: Callable[[str, str], None]) -> bool:
        """Whether the time has come to start it again; says so once when it finds it ended."""
        if not self.has_ended:
            return False
        now = time.monotonic()
        if self._start_at is None:
            self.failures = 1 if now - self._started > STEADY_AFTER else self.failures + 1
            delay = min(2.0 ** (self.failures - 1), LONGEST_DELAY)
            self._start_at = now + delay
            say(self.name, f"ended ({self.how_it_ended()}); starting it again in {delay:.0f} s.")
            self.signal_group(signal.SIGKILL)
        return now >= self._start_at

    def how_it_ended(self) -> str:
        """The end in words: an exit code, or the signal that killed it."""
        code = self.process.returncode if self.process is not None else 0
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def ask_to_end(self) -> None:
        """SIGTERM: the web finishes its requests, the worker its tasks."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def signal_group(self, number: signal.Signals) -> None:
        """Reach the process and everything it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return


class Crew:
    """All programs together, with one ear for what they say."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.programs: list[Program] = []
        self._ear = selectors.DefaultSelector()

    def start(self, program: Program) -> None:
        """Start a program and listen to it."""
        if program not in self.programs:
            self.programs.append(program)
        self._ear.register(program.start(), selectors.EVENT_READ, program)

    def listen(self, seconds: float) -> None:
        """Print what is said, for at most so long."""
        if not self._ear.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._ear.select(seconds):
            program: Program = key.data
            if not program.hear(key.fd, self.console.line):
                self._ear.unregister(key.fd)
                os.close(key.fd)

    def tend(self) -> None:
        """Start again those that have ended, once their delay is over."""
        for program in self.programs:
            if program.must_start(self.console.line):
                self.start(program)

    def forget(self, program: Program) -> None:
        """Tend a program no longer, once its last words are heard."""
        while any(key.data is program for key in self._ear.get_map().values()):
            self.listen(0.2)
        self.programs.remove(program)

    def stop(self, patience: float, hurried: Callable[[], bool]) -> None:
        """End all at once, warmly; kill those that remain after `patience` seconds, or when hurried."""
        for program in self.programs:
            program.ask_to_end()
        deadline = time.monotonic() + patience
        while any(not program.has_ended for program in self.programs):
            if time.monotonic() > deadline or hurried():
                for program in self.programs:
                    program.signal_group(signal.SIGKILL)
            self.listen(0.1)
        for program in self.programs:
            program.signal_group(signal.SIGKILL)
