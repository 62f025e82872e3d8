"""Everything up in order, kept up, and down in the opposite order (OPS-1)."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from earlyhelp.embedded import Problem, Servers, mail, own_servers_are_given, processes
from earlyhelp.embedded.datadir import NEEDED_FREE_MB, port_is_free
from earlyhelp.run import travelling
from earlyhelp.run.programs import Console, Crew, Program

ROOT = Path(__file__).resolve().parents[2]
WARM_STOP = 30.0
"""Seconds that web and worker have to finish what they are doing."""

MOST_FAILURES = 4
"""How often a program may end before the first answer; then the start is given up."""


class Stopped(BaseException):
    """Somebody asked us to end."""


class Supervisor:
    """The one process of `make run`; its children end with it, even when it is killed."""

    def __init__(self, data_root: Path, port: int, console: Console, *, needed_free_mb: int = NEEDED_FREE_MB) -> None:
        self.port = port
        self.console = console
        self.needed_free_mb = needed_free_mb
        self.servers = Servers(data_root, test=False, say=lambda text: console.line("servers", text))
        self.data = self.servers.data
        self.crew = Crew(console)
        self.own_servers = own_servers_are_given()
        self.travel: Mapping[str, str] = {}
        self.mail_ports: tuple[int, int] | None = None
        self._asked = 0

    def run(self) -> int:
        """Run until asked to stop and return the exit code; raises Problem (OPS-1)."""
        self.data.open(needed_free_mb=self.needed_free_mb)
        if not self.data.try_lock("lock"):
            raise Problem(f"Early Help is already running with the data in {self.data.root}.")
        if not port_is_free(self.port):
            raise Problem(
                f"Port {self.port} is taken: stop what listens there, or set EARLYHELP_PORT to another number."
            )
        self.travel = travelling.environment(self.data, os.environ)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start()
            while True:
                self._turn()
        except Stopped:
            self.console.plain("Stopping; the worker finishes what it is doing.")
            return 0
        finally:
            self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _turn(self) -> None:
        """One look at everything; takes about a quarter of a second."""
        self.crew.listen(0.25)
        if self._asked:
            raise Stopped
        if not self.own_servers:
            self.servers.tick()
        self.crew.tend()

    def _start(self) -> None:
        if not self.own_servers:
            self.servers.begin()
            while not self.servers.tick():
                self.crew.listen(0.1)
                if self._asked:
                    raise Stopped
        if self._catches_mail():
            self.mail_ports = mail.next_free_port(mail.SMTP_PORT), mail.next_free_port(mail.PAGES_PORT)
        env = self._environment()
        sign_ins = self.data.root / "sign-ins"
        self._prepare(Program("prepare", self._python("-m", "earlyhelp.run.prepare", sign_ins), env, ROOT))
        for program in self._programs(env):
            self.crew.start(program)
        self._wait_until_ready()
        self.console.plain("")
        if sign_ins.exists():
            self.console.plain(sign_ins.read_text().rstrip())
        if self.mail_ports:
            self.console.plain(f"Its e-mails stay on this machine: http://127.0.0.1:{self.mail_ports[1]}/")
        self.console.plain(f"Early Help is at http://127.0.0.1:{self.port}/")

    def _catches_mail(self) -> bool:
        """Only where no mail server is named, and never beside servers of somebody's own, unless it is a demo."""
        if os.environ.get("EARLYHELP_MAIL_HOST"):
            return False
        return not self.own_servers or os.environ.get("EARLYHELP_DEMO", "1") == "1"

    def _environment(self) -> Mapping[str, str]:
        caught = (
            {"EARLYHELP_MAIL_HOST": mail.HOST, "EARLYHELP_MAIL_PORT": str(self.mail_ports[0])}
            if self.mail_ports
            else {}
        )
        own = {
            "DJANGO_SETTINGS_MODULE": "earlyhelp.settings",
            "EARLYHELP_DEMO": "1",
            # These pages are served on 127.0.0.1 alone, without a certificate; a proxy before them has one.
            "EARLYHELP_HTTPS": "1" if os.environ.get("EARLYHELP_PROXY") == "1" else "0",
            "EARLYHELP_SECRET_KEY": self.data.secret_key(),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
            **os.environ,
            **caught,
            **self.travel,
            "EARLYHELP_DATA_DIR": str(self.data.root),
            processes.MARK: str(self.data.root),
        }
        return own if self.own_servers else own | self.servers.urls()

    def _python(self, *arguments: str | Path) -> list[str | Path]:
        return [sys.executable, *arguments]

    def _prepare(self, program: Program) -> None:
        """Run the one-time steps to their end; raises Problem when they fail."""
        self.crew.start(program)
        while not program.has_ended:
            self.crew.listen(0.1)
            if self._asked:
                raise Stopped
        self.crew.forget(program)
        if program.process is not None and program.process.returncode:
            raise Problem(f"The database or the pages could not be prepared: {program.last_line}")

    def _programs(self, env: Mapping[str, str]) -> list[Program]:
        web = self._python("-m", "gunicorn", "earlyhelp.wsgi", "--preload", "--workers", "2", "--threads", "4")
        web += ["--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "10", "--no-control-socket"]
        web += ["--log-level", "warning", "--logger-class", "earlyhelp.web_log.WebLog"]
        celery = self._python("-m", "celery", "-A", "earlyhelp", "--quiet")
        worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "warning", "--without-gossip"]
        worker += ["--without-mingle"]
        beat = [*celery, "beat", "--loglevel", "warning", "--pidfile", ""]
        beat += ["--schedule", self.data.root / "beat-schedule"]
        commands = {"web": web, "worker": worker, "beat": beat}
        if self.mail_ports:
            ports = [*map(str, self.mail_ports), str(self.port)]
            commands["mail"] = self._python("-m", "earlyhelp.embedded.mail", self.data.root / "mail", *ports)
        # Without the supervisor the broker goes as well, and a worker that looks for a broker hears no other signal.
        # What it had begun is handed out again.
        hard = {"worker": signal.SIGKILL}
        return [
            Program(name, command, env, ROOT, dies_by=hard.get(name, signal.SIGTERM))
            for name, command in commands.items()
        ]

    def _wait_until_ready(self) -> None:
        """Turn until the pages answer; raises Problem when a program keeps ending instead."""
        began = time.monotonic()
        next_line = began + 15
        while (status := self._ready_status()) != 200:
            self._turn()
            for program in self.crew.programs:
                if program.failures >= MOST_FAILURES:
                    raise Problem(f"{program.name} cannot start: {program.last_line}")
            if (now := time.monotonic()) > next_line:
                self.console.line("web", f"not ready after {now - began:.0f} seconds (answer: {status or 'none'}).")
                next_line = now + 15

    def _ready_status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz/ready")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _stop(self) -> None:
        """Programs first, then the broker, then the database; a second Ctrl-C hurries the programs."""
        before = self._asked
        self.crew.stop(WARM_STOP, hurried=lambda: self._asked > max(before, 1))
        self.servers.stop()
        self.data.unlock("lock")
