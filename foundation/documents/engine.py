"""The worker's side of the renderer: starts it once, keeps it warm, and kills it when it must (trust 20)."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from foundation.documents import frames

_ROOT = Path(__file__).resolve().parents[2]
_START = 15.0  # seconds that the renderer may take to start besides the document's own time
_TICK = 0.5  # seconds between two looks at whether the document is still wanted
# The renderer gets what fonts and libraries need to be found, and nothing that opens a database.
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
)


@dataclass(frozen=True)
class Limits:
    """What one document may take. Seconds by the wall clock; sizes in bytes; `memory` is address space."""

    seconds: float = 20.0
    memory: int = 512 * 1024 * 1024
    page: int = 6 * 1024 * 1024
    document: int = 24 * 1024 * 1024


def limits() -> Limits:
    """The limits in force: `settings.DOCUMENT_LIMITS` may change any of them."""
    return Limits(**getattr(settings, "DOCUMENT_LIMITS", {}))


@dataclass(frozen=True)
class Rendered:
    """A PDF that passed every check, and how many of its characters no typeface could show."""

    document: bytes
    unshown: int


class RenderFailed(Exception):
    """There is no document. `code`: time, memory, size, page, outside, checks, error or gone; `detail` holds codes."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def _look_away(step: str) -> None:
    """Nobody watches."""


class Engine:
    """One renderer process. Not for several threads at once: a Celery process does one thing at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The renderer's process id, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Have a renderer that is ready, or getting ready (importing takes about a second)."""
        if self.pid is not None:
            return
        self.stop()
        ours, theirs = socket.socketpair()
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
                [sys.executable, "-m", "foundation.documents.renderer", str(os.getpid())],
                cwd=_ROOT,
                env={**environment, "MALLOC_ARENA_MAX": "1", "PYTHONUTF8": "1"},
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours

    def stop(self) -> None:
        """Kill the renderer and whatever it is making."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def render(
        self, page: str, files: Mapping[str, bytes], *, within: Limits, watch: Callable[[str], None] = _look_away
    ) -> Rendered:
        """Lay a page out as a tagged PDF, with none but the `files` given, each under its name as `asset:NAME`.

        `watch` hears "rendered" once, and "" about twice a second; what it raises ends the renderer and is passed on.
        A renderer that was killed from outside is started once more. Raises RenderFailed.
        """
        body = page.encode("utf-8", "replace")
        if len(body) > within.page:
            raise RenderFailed("page")
        for last in (False, True):
            try:
                return self._attempt(body, files, within, watch)
            except TimeoutError:
                self.stop()
                raise RenderFailed("time") from None
            except (OSError, frames.Broken):
                self.stop()
                if last:
                    raise RenderFailed("gone") from None
            except RenderFailed:
                raise
            except BaseException:
                self.stop()  # the answer, if it comes, would be taken for the next one's
                raise
        raise AssertionError

    def _attempt(
        self, body: bytes, files: Mapping[str, bytes], within: Limits, watch: Callable[[str], None]
    ) -> Rendered:
        self.start()
        assert self._socket is not None  # noqa: S101
        late = time.monotonic() + within.seconds + _START
        self._socket.settimeout(_START)
        self._socket.sendall(frames.pack_json(frames.LIMITS, asdict(within)))
        for name, content in files.items():
            self._socket.sendall(frames.pack(frames.ASSET, name.encode() + b"\n" + content))
        self._socket.sendall(frames.pack(frames.PAGE, body))
        facts: dict[str, Any] = {}
        while True:
            kind, answer = self._next(late, watch)
            if kind == frames.RENDERED:
                watch("rendered")
            elif kind == frames.FACTS:
                facts = json.loads(answer)
            elif kind == frames.DOCUMENT:
                return Rendered(document=answer, unshown=facts.get("unshown", 0))
            else:
                raise RenderFailed(**json.loads(answer))

    def _next(self, late: float, watch: Callable[[str], None]) -> tuple[bytes, bytes]:
        assert self._socket is not None  # noqa: S101
        connection = self._socket

        def receive(length: int) -> bytes:
            while True:
                if time.monotonic() > late:
                    raise TimeoutError
                connection.settimeout(_TICK)
                try:
                    return connection.recv(length)
                except TimeoutError:
                    watch("")

        found = frames.read(receive)
        if found is None:
            raise frames.Broken
        return found


_engines: dict[int, Engine] = {}


def engine() -> Engine:
    """The process's own renderer; a fork of the process never shares its parent's."""
    if os.getpid() not in _engines:
        _engines.clear()
        _engines[os.getpid()] = Engine()
        atexit.register(_engines[os.getpid()].stop)
    return _engines[os.getpid()]
