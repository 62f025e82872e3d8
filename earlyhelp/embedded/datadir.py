"""The data folder: its locks, its secrets, its ports and the addresses it hands out (OPS-1)."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from . import processes
from .problems import Problem

ROLES = ("postgres", "eh_owner", "eh_app", "eh_maintenance", "valkey")
NEEDED_FREE_MB = 300
SYSTEM_HOME = Path("/var/lib/early-help")
PROGRAMS = SYSTEM_HOME / "programs"


class DataDir:
    """One folder that holds everything a set of servers keeps between starts."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.log = self.root / "log"
        self.env_file = self.root / "env"
        self.home = self._kept_home()
        self._held: dict[str, int] = {}

    def open(self, *, needed_free_mb: int = NEEDED_FREE_MB) -> None:
        """Make the folder ready for use.

        Raises Problem when it cannot be written, or when its disk has less than
        `needed_free_mb` megabytes free (OPS-1).
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self.log.mkdir(exist_ok=True)
            self.log.chmod(0o700)
            probe = self.root / ".probe"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            raise Problem(
                f"The data folder {self.root} cannot be written ({error.strerror}): "
                "give yourself the right to, or set EARLYHELP_DATA_DIR to another folder."
            ) from error
        free = shutil.disk_usage(self.root).free // 1024**2
        if free < needed_free_mb:
            raise Problem(
                f"The disk that holds {self.root} is full: {free} MB are free and {needed_free_mb} MB are needed."
            )

    # Where the servers' own files stand.

    def choose_home(self, *, say: Callable[[str], None]) -> None:
        """Find a place that the servers' account can reach, when we are root and it is another's.

        That is this folder, or one below SYSTEM_HOME when a folder above is closed, as /root is.
        Raises Problem when neither can be used.
        """
        account = processes.unprivileged_account(self.home / "postgres")
        if account is None or processes.can_reach(account, self.home):
            return
        home = SYSTEM_HOME / hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        try:
            home.mkdir(mode=0o711, parents=True, exist_ok=True)
            home.chmod(0o711)
        except OSError as error:
            raise Problem(
                f"The account {account.name}, who runs the database, cannot reach {self.root}: "
                "set EARLYHELP_DATA_DIR to a folder that is open to it."
            ) from error
        say(f"{self.root} is closed to the account {account.name}, so the servers keep their files in {home}.")
        self.home = home
        write_private(self.root / "home", str(home))

    def _kept_home(self) -> Path:
        try:
            return Path((self.root / "home").read_text())
        except OSError:
            return self.root

    def empty(self) -> None:
        """Remove everything that the servers and the product keep here; the lock must be held."""
        if self.home != self.root:
            shutil.rmtree(self.home, ignore_errors=True)
        for entry in self.root.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    # Locks. "lock" is held by the one supervisor; "users" is shared by those who joined it.

    def try_lock(self, name: str, *, shared: bool = False) -> bool:
        """Take a lock if nobody stands in the way; it is let go when this process ends, however it ends."""
        if name in self._held:
            return True
        handle = os.open(self.root / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._held[name] = handle
        return True

    def unlock(self, name: str) -> None:
        """Let a lock go, if it is held."""
        handle = self._held.pop(name, None)
        if handle is not None:
            os.close(handle)

    # What is kept.

    def secrets(self) -> dict[str, str]:
        """The servers' passwords by role, made on first use, readable by their owner alone."""
        kept = self._read_json("secrets.json")
        missing = [role for role in ROLES if role not in kept]
        if missing:
            kept |= {role: secrets.token_urlsafe(24) for role in missing}
            write_private(self.root / "secrets.json", json.dumps(kept, indent=1))
        return kept

    def secret_key(self) -> str:
        """Django's secret key, made on first use and kept."""
        path = self.root / "secret-key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text()

    def port(self, name: str) -> int:
        """The port a server listens on: the remembered one while it is free, otherwise a new one."""
        ports = self._read_json("ports.json")
        remembered = ports.get(name)
        if remembered is not None and port_is_free(int(remembered)):
            return int(remembered)
        port = free_port()
        write_private(self.root / "ports.json", json.dumps(ports | {name: str(port)}))
        return port

    def write_env(self, values: Mapping[str, str]) -> None:
        """Write the addresses as KEY=VALUE lines that a shell can source."""
        write_private(self.root / "env", "".join(f"{key}={value}\n" for key, value in values.items()))

    def read_env(self) -> dict[str, str]:
        """The addresses of servers that are up, or an empty dict when none are."""
        try:
            lines = self.env_file.read_text().splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def _read_json(self, name: str) -> dict[str, str]:
        try:
            kept = json.loads((self.root / name).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return dict(kept)


def write_private(path: Path, text: str) -> Path:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return draft.replace(path)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
