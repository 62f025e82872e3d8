"""Child processes that end with us, and those that an earlier start left behind (OPS-1)."""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MARK = "EARLYHELP_SUPERVISED"
"""Environment variable that names, in every supervised process, the folder it works for."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The system account that runs the database servers, because PostgreSQL refuses root (OPS-1)."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        os.chown(path, self.uid, self.gid)


def unprivileged_account(existing: Path) -> Account | None:
    """The account for the servers when we are root, otherwise None (ourselves).

    The owner of an existing data folder stays its owner, so that an account that
    appears later (a PostgreSQL package brings `postgres`) does not lock the data away.
    """
    if os.geteuid() != 0:
        return None
    if existing.exists() and (uid := existing.stat().st_uid) != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            entry = pwd.getpwnam("nobody")
    else:
        try:
            entry = pwd.getpwnam("postgres")
        except KeyError:
            entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """Keyword arguments that make subprocess run a command as the account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def can_reach(account: Account, path: Path) -> bool:
    """Whether the account can enter a folder or run a file, every folder above included."""
    asked = subprocess.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], **as_account(account), cwd="/")
    return asked.returncode == 0


def reachable_copy(account: Account | None, file: Path, base: Path, parts: Sequence[str], shelf: Path) -> Path:
    """A program that the account can run: `file` itself, or its like in a copy.

    Where a folder above is closed to the account, the `parts` of the folder `base` that the
    program needs are copied to the shelf, once for each release.
    """
    if account is None or can_reach(account, file):
        return file
    stamp = f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}"
    copy = shelf / hashlib.sha256(stamp.encode()).hexdigest()[:16]
    if not copy.exists():
        draft = copy.with_suffix(f".{os.getpid()}")
        for part in parts:
            if (base / part).exists():
                shutil.copytree(base / part, draft / part, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(shelf)], check=True)
        draft.rename(copy)
    return copy / file.relative_to(base)


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    dies_by: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    own_group: bool = True,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that receives `dies_by` when this process ends, even by SIGKILL (Linux).

    With `own_group` a Ctrl-C in the terminal reaches only us, who stop the children in order.
    Raises OSError when the command cannot be run.
    """
    parent = os.getpid()

    def end_with_parent() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(dies_by))
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        start_new_session=own_group,
        preexec_fn=end_with_parent,
        **as_account(account),
    )


def stop(
    process: subprocess.Popen[bytes],
    *,
    by: signal.Signals,
    patience: float,
    then: signal.Signals = signal.SIGKILL,
) -> None:
    """End a child: ask by one signal, wait `patience` seconds, then insist by another."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.send_signal(then)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def leftovers(folder: Path) -> list[int]:
    """Process ids that still work for a folder: those marked with it, and `postgres` processes standing in it.

    A pid file alone is never believed: its number may belong to somebody else by now.
    """
    found = _from_proc(folder) if Path("/proc/self/environ").exists() else _from_ps(folder)
    return [pid for pid in found if pid not in (os.getpid(), os.getppid())]


def _from_proc(folder: Path) -> list[int]:
    mark = f"{MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            marked = mark in (entry / "environ").read_bytes().split(b"\0")
            if marked or ((entry / "cwd").readlink() == folder and _is_postgres(entry)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _is_postgres(entry: Path) -> bool:
    return (entry / "comm").read_text().strip() == "postgres"


def _from_ps(folder: Path) -> list[int]:
    listing = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True)
    found = []
    for line in listing.stdout.splitlines():
        pid, _, rest = line.strip().partition(" ")
        if f" {MARK}={folder} " in f"{rest} ":
            found.append(int(pid))
    return found


def end_leftovers(folder: Path, patience: float = 20) -> int:
    """End every process that an earlier start left behind for a folder, and say how many there were.

    SIGINT first, which PostgreSQL takes for a fast stop, then SIGKILL after `patience` seconds.
    """
    first = leftovers(folder)
    _signal_all(first, signal.SIGINT)
    deadline = time.monotonic() + patience
    while remaining := leftovers(folder):
        if time.monotonic() > deadline:
            _signal_all(remaining, signal.SIGKILL)
            deadline = time.monotonic() + patience
        time.sleep(0.1)
    return len(first)


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
