"""Real beats and workers that are killed at any moment, their broker, and what catches the mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from random import Random
from typing import Any

import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connections

from earlyhelp.embedded.datadir import DataDir, free_port
from earlyhelp.embedded.valkey import Valkey
from tests.embedded.conftest import eventually
from tests.notifications.fake_notify import KEY, TEMPLATE

WORKERS = BEATS = 3
CHILDREN = 2


class Broker:
    """A Valkey of its own, so that it can be emptied and stopped beside everybody else's."""

    def __init__(self, root: Path) -> None:
        data = DataDir(root)
        data.open()
        data.choose_home(say=lambda line: None)
        self._valkey = Valkey(data, durable=False)
        self.start()

    @property
    def url(self) -> str:
        return self._valkey.urls()["REDIS_URL"]

    def start(self) -> None:
        self._valkey.start()
        eventually(self._valkey.is_ready)

    def stop(self) -> None:
        self._valkey.stop()

    def empty(self) -> None:
        """FLUSHALL: whatever was in it is gone."""
        with redis.Redis.from_url(self.url) as line:
            line.flushall()


class Catcher:
    """A mail server that takes everything; `caught` are the recipients of each Message-ID, repeats included."""

    channel = "smtp"

    def __init__(self) -> None:
        self.caught: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """What aiosmtpd calls for each message."""
        name = str(message_from_bytes(envelope.content)["Message-ID"])
        with self._lock:
            self.caught.setdefault(name, []).append(",".join(envelope.rcpt_tos))
        return "250 Kept"

    def env(self) -> dict[str, str]:
        return {"EARLYHELP_MAIL_HOST": "127.0.0.1", "EARLYHELP_MAIL_PORT": str(self._controller.port)}

    def taken(self) -> dict[str, list[str]]:
        """By a mailing's id, who got its e-mail, once for each time that it was handed over."""
        return {name.strip("<>").partition("@")[0]: got for name, got in self.caught.items()}

    def end(self) -> None:
        self._controller.stop()


class Notify:
    """GOV.UK Notify as a process; its file has a line for each e-mail that it accepted."""

    channel = "notify"

    def __init__(self, folder: Path) -> None:
        self._log, self._port = folder / "accepted", free_port()
        self._log.touch()
        command = [sys.executable, "-m", "tests.notifications.fake_notify"]
        command += ["--port", str(self._port), "--log", str(self._log)]
        self._process = subprocess.Popen(command, cwd=settings.ROOT, stderr=(folder / "notify.log").open("ab"))

    def env(self) -> dict[str, str]:
        return {
            "EARLYHELP_NOTIFY_KEY": KEY,
            "EARLYHELP_NOTIFY_TEMPLATE": TEMPLATE,
            "EARLYHELP_NOTIFY_URL": f"http://127.0.0.1:{self._port}",
        }

    def taken(self) -> dict[str, list[str]]:
        """By a mailing's id, "" once for each time that its e-mail was accepted."""
        return {name: [""] * number for name, number in Counter(self._log.read_text().split()).items()}

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass
class Program:
    """One beat or worker, started again whenever it was killed; each start is a process group of its own."""

    name: str
    command: list[str]
    env: dict[str, str]
    folder: Path
    groups: list[int] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=settings.ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.groups.append(self.process.pid)

    def kill(self) -> None:
        """The process alone: its children see it gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def kill_all(self) -> None:
        """With all that it has started, now or before."""
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def kill_child(self, random: Random) -> bool:
        """One of its children, in the midst of whatever it does; False while it has none."""
        try:
            assert self.process is not None
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            os.kill(int(random.choice(children)), signal.SIGKILL)
        except (IndexError, OSError):
            return False
        return True


class Crew:
    """Three beats and three workers on this test's database; `kills` counts what was killed."""

    def __init__(self, folder: Path, broker: Broker, mail: Catcher | Notify, *, seed: int, short: bool) -> None:
        self.kills: Counter[str] = Counter()
        self._random = Random(seed)
        env = _environment(broker, mail, short)
        beat = ["beat", "--pidfile=", "--loglevel", "warning"]
        worker = ["worker", "--concurrency", str(CHILDREN), "--loglevel", "warning", "--without-gossip"]
        worker += ["--without-mingle", "--without-heartbeat"]
        self.beats = [
            Program(f"beat{n}", _celery(*beat, "--schedule", str(folder / f"schedule{n}")), env, folder)
            for n in range(BEATS)
        ]
        self.workers = [
            Program(f"worker{n}", _celery(*worker, "--hostname", f"worker{n}@%h"), env, folder) for n in range(WORKERS)
        ]

    def start(self) -> None:
        for program in (*self.beats, *self.workers):
            program.start()

    def kill_one(self) -> None:
        """`kill -9` of one that chance picks, and a new one in its place where it was no child."""
        sort = self._random.choice(["beat", "worker", "worker and its children", "child", "child"])
        program = self._random.choice(self.beats if sort == "beat" else self.workers)
        if sort == "child" and not program.kill_child(self._random):
            sort = "worker"  # it is only just starting
        if sort != "child":
            program.kill_all() if sort == "worker and its children" else program.kill()
            program.start()
        self.kills[sort] += 1

    def rain(self, *, kills: int, seconds: float, broker: Broker, flushes: int) -> None:
        """So many kills at moments that chance picks, and the broker emptied in between."""
        began = time.monotonic()
        deeds = [(self._random.uniform(0, seconds), self.kill_one) for _ in range(kills)]
        deeds += [(self._random.uniform(seconds / 3, seconds), broker.empty) for _ in range(flushes)]
        for moment, deed in sorted(deeds, key=lambda one: one[0]):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            deed()

    def end(self) -> None:
        for program in (*self.beats, *self.workers):
            program.kill_all()


def _celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tests.trust.reminding_app", "--quiet", *words]


def _environment(broker: Broker, mail: Catcher | Notify, short: bool) -> dict[str, str]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.trust.reminding_settings", "REDIS_URL": broker.url}
    name = connections["default"].settings_dict["NAME"]
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTENANCE_URL"):
        env[variable] = env[variable].rsplit("/", 1)[0] + f"/{name}"
    if short:
        env |= {"REMINDING_BEAT": "4", "REMINDING_LEASE": "6"}
    return env | mail.env()
