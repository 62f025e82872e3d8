"""Both servers together: up in order, down in order, shared by those who ask at the same time (OPS-1)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .datadir import DataDir
from .postgres import RUN_SETTINGS, TEST_SETTINGS, Postgres
from .problems import Problem
from .server import Server
from .valkey import Valkey

Say = Callable[[str], None]

LINE_EVERY = 15.0
"""Seconds between two lines on a server that is still recovering."""

MOST_FAILURES = 5
"""How often a server may end again while it is being brought back."""


def default_root() -> Path:
    """The data folder: EARLYHELP_DATA_DIR, or `.data` beside the product."""
    return Path(os.environ.get("EARLYHELP_DATA_DIR") or Path(__file__).resolve().parents[2] / ".data")


def own_servers_are_given() -> bool:
    """Whether the environment names servers to use in place of the embedded ones."""
    given = [bool(os.environ.get(key)) for key in ("DATABASE_URL", "REDIS_URL")]
    if any(given) and not all(given):
        raise Problem("Set both DATABASE_URL and REDIS_URL to use your own servers, or neither.")
    return all(given)


class Servers:
    """PostgreSQL and Valkey of one data folder, for the one process that holds its lock."""

    def __init__(self, root: Path, *, test: bool, say: Say) -> None:
        self.data = DataDir(root / "test" if test else root)
        self.test = test
        self.say = say
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._waits: dict[str, _Wait] = {}

    @property
    def all(self) -> list[Server]:
        """The servers that were made, in the order in which they start."""
        return [server for server in (self.postgres, self.valkey) if server is not None]

    def begin(self) -> None:
        """Start both without waiting for them; `tick` says when they answer.

        The lock of the data folder must be held. Raises Problem (OPS-1).
        """
        cleared = processes.end_leftovers(self.data.root, patience=5)
        self.data.choose_home(say=self.say)
        self.valkey = Valkey(self.data, durable=not self.test)
        cleared += processes.end_leftovers(self.valkey.folder)
        self.postgres = Postgres(self.data, TEST_SETTINGS if self.test else RUN_SETTINGS)
        cleared += processes.end_leftovers(self.postgres.folder)
        if cleared:
            self.say(f"Ended {cleared} processes that an earlier start had left behind.")
        for server in self.all:
            server.start()
            self._waits[server.name] = _Wait(first=True)

    def start(self) -> dict[str, str]:
        """Start both, wait until both answer, and return their addresses; raises Problem (OPS-1)."""
        self.begin()
        while not self.tick():
            time.sleep(0.1)
        return self.urls()

    def urls(self, database: str = "earlyhelp") -> dict[str, str]:
        """The addresses by environment variable."""
        if self.postgres is None or self.valkey is None:
            return {}
        return self.postgres.urls(database) | self.valkey.urls()

    def tick(self) -> bool:
        """Look after both once, without waiting, and say whether both answer.

        A server whose process has ended is started again on its old port and waited for, however
        long it recovers, with a line now and then. Raises Problem when that cannot help.
        """
        for server in self.all:
            if server.has_ended:
                self._start_again(server)
            elif wait := self._waits.get(server.name):
                self._look_at(server, wait)
        if self._waits:
            return False
        if not self.data.env_file.exists():
            self.data.write_env(self.urls())
        return True

    def _start_again(self, server: Server) -> None:
        wait = self._waits.setdefault(server.name, _Wait())
        reason, before = server.why_it_ended(), server.port
        wait.failures += 1
        if wait.first or wait.failures > MOST_FAILURES or "is full" in reason:
            raise Problem(reason)
        self.say(f"{server.name} ended; starting it again.")
        server.start()
        if server.port != before:
            raise Problem(f"The port {before} of {server.name} was taken while it was down: start again.")

    def _look_at(self, server: Server, wait: _Wait) -> None:
        if server.is_ready():
            server.after_start()
            del self._waits[server.name]
            if not wait.first:
                self.say(f"{server.name} is back.")
        elif wait.line_is_due():
            self.say(f"{server.name} is still recovering after {wait.seconds:.0f} seconds; waiting for it.")

    def stop(self) -> None:
        """Stop both, the broker before the database."""
        self.data.env_file.unlink(missing_ok=True)
        for server in reversed(self.all):
            server.stop()


class _Wait:
    """A server that was started and does not answer yet."""

    def __init__(self, *, first: bool = False) -> None:
        self.first = first
        self.failures = 0
        self._began = time.monotonic()
        self._next_line = self._began + LINE_EVERY / 3

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def line_is_due(self) -> bool:
        if (now := time.monotonic()) < self._next_line:
            return False
        self._next_line = now + LINE_EVERY
        return True


@contextmanager
def running(root: Path, *, test: bool, say: Say, database: str | None = None) -> Iterator[dict[str, str]]:
    """The addresses of servers that are up for as long as the block lasts.

    Starts them, or joins those that another process keeps up on the same data folder; who
    started them stops them once the last one has left. With `database` that further database
    is made if need be and the addresses point to it. A test run that joined gets a name of its
    own for its databases. Raises Problem (OPS-1).
    """
    servers = Servers(root, test=test, say=say)
    servers.data.open()
    joined = _lock_or_join(servers.data)
    try:
        urls = joined or servers.start()
        if database is not None:
            urls = _with_database(servers, urls, database)
        if joined and test:
            urls = urls | {"EARLYHELP_TEST_NAME": os.environ.get("EARLYHELP_TEST_NAME", f"run{os.getpid()}")}
        yield urls
    finally:
        if not joined:
            _wait_for_others(servers)
            servers.stop()
            servers.data.unlock("lock")
        servers.data.unlock("users")


def _lock_or_join(data: DataDir) -> dict[str, str]:
    """Take the lock and return nothing, or join and return the addresses of who holds it."""
    while True:
        if data.try_lock("lock"):
            return {}
        if data.try_lock("users", shared=True):
            if urls := data.read_env():
                return urls
            data.unlock("users")
        time.sleep(0.2)


def _wait_for_others(servers: Servers) -> None:
    told = False
    while not servers.data.try_lock("users"):
        if not told:
            servers.say("Another command still uses these servers; they stop when it ends.")
            told = True
        time.sleep(0.5)


def _with_database(servers: Servers, urls: dict[str, str], name: str) -> dict[str, str]:
    postgres = servers.postgres
    if postgres is None:
        postgres = Postgres(servers.data, RUN_SETTINGS)
        postgres.port = int(urls["DATABASE_URL"].rpartition("/")[0].rpartition(":")[2])
    postgres.ensure_database(name)
    return postgres.urls(name) | {"REDIS_URL": urls["REDIS_URL"]}
