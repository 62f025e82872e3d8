"""Children end with us, and what an earlier start left behind is found and ended (OPS-1)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earlyhelp.embedded import processes
from tests.embedded.conftest import ROOT, eventually

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time\n"
    "for name in ('SIGINT', 'SIGTERM'): signal.signal(getattr(signal, name), signal.SIG_IGN)\n"
    "print('up', flush=True)\n"
    "while True: time.sleep(60)",
]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another account")


def marked(command: list[str], mark: Path) -> subprocess.Popen[bytes]:
    env = os.environ | {processes.MARK: str(mark)}
    child = processes.spawn(command, env=env, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    return child


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_child_ends_with_a_killed_parent(by: signal.Signals) -> None:
    """OPS-1: kill -9 of the supervisor leaves nothing running."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, signal, sys, time; from pathlib import Path; from earlyhelp.embedded import processes;"
            f"child = processes.spawn({SLEEP!r}, env=os.environ, cwd=Path.cwd(), dies_by=signal.{by.name},"
            "stdout=1); time.sleep(0.2); print(child.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    pid = int({parent.stdout.readline().strip(), parent.stdout.readline().strip()}.difference({"up"}).pop())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    eventually(lambda: not is_alive(pid), 5)


def test_ctrl_c_reaches_a_child_only_through_us(root: Path) -> None:
    """OPS-1: children have a process group of their own, so that they stop in order."""
    child = marked(SLEEP, root)
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    processes.stop(child, by=signal.SIGTERM, patience=5)
    assert child.returncode == -signal.SIGTERM


def test_stop_insists_with_a_child_that_does_not_listen(root: Path) -> None:
    """OPS-1: a stop ends, whatever the child does."""
    child = marked(STUBBORN, root)
    began = time.monotonic()
    processes.stop(child, by=signal.SIGTERM, patience=0.3)
    assert child.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 5
    processes.stop(child, by=signal.SIGTERM, patience=0.3)


def test_leftovers_are_known_by_their_mark(root: Path) -> None:
    """OPS-1: what works for another folder is never touched, even where one name begins the other."""
    ours, others = marked(SLEEP, root), marked(SLEEP, root.with_name("data2"))
    try:
        assert processes.leftovers(root) == [ours.pid]
        assert processes.end_leftovers(root) == 1
        assert ours.wait(5) != 0
        assert others.poll() is None
        assert processes.end_leftovers(root) == 0
    finally:
        others.kill()
        others.wait()


def test_leftover_that_does_not_listen_is_killed(root: Path) -> None:
    """OPS-1: recovery after kill -9 does not wait for ever."""
    child = marked(STUBBORN, root)
    reaper = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from earlyhelp.embedded import processes;"
         "print(processes.end_leftovers(Path(sys.argv[1]), patience=0.3))", str(root)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.wait(10) == -signal.SIGKILL
    assert reaper.communicate(timeout=10)[0].strip() == "1"


def test_shell_standing_in_the_folder_is_not_a_leftover(root: Path) -> None:
    """OPS-1: somebody who looks at the files is left in peace."""
    root.mkdir()
    with subprocess.Popen(["sleep", "30"], cwd=root) as visitor:
        assert processes.leftovers(root) == []
        visitor.kill()


def test_we_ourselves_are_never_leftovers(root: Path) -> None:
    """OPS-1: a supervisor started from a marked shell does not end itself."""
    script = (
        "import sys; from pathlib import Path; from earlyhelp.embedded import processes;"
        "print(processes.leftovers(Path(sys.argv[1])))"
    )
    env = os.environ | {processes.MARK: str(root)}
    done = subprocess.run([sys.executable, "-c", script, str(root)], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@as_root
def test_root_gives_the_servers_an_unprivileged_account(root: Path) -> None:
    """OPS-1: PostgreSQL refuses root, and nothing needs it."""
    account = processes.unprivileged_account(root)
    assert account is not None
    assert account.uid != 0
    done = subprocess.run(["id", "-u"], capture_output=True, text=True, **processes.as_account(account))
    assert int(done.stdout) == account.uid


@as_root
def test_folder_keeps_the_account_it_was_made_with(root: Path) -> None:
    """OPS-1: an account that a later package brings does not lock the data away."""
    root.mkdir()
    os.chown(root, 65534, 65534)
    account = processes.unprivileged_account(root)
    assert account is not None
    assert account.uid == 65534


@as_root
def test_program_in_a_closed_folder_is_run_from_a_copy(root: Path) -> None:
    """OPS-1: a checkout below /root works, without opening that folder to anybody."""
    account = processes.unprivileged_account(root)
    assert account is not None
    closed, shelf = root / "closed", root / "shelf"
    program = closed / "base" / "part" / "program"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho ran\n")
    program.chmod(0o755)
    (closed / "base" / "other").mkdir()
    assert processes.reachable_copy(account, program, closed / "base", ["part"], shelf) == program
    closed.chmod(0o700)
    copy = processes.reachable_copy(account, program, closed / "base", ["part", "absent"], shelf)
    assert copy != program
    assert subprocess.run([copy], capture_output=True, **processes.as_account(account)).stdout == b"ran\n"
    assert not (copy.parents[1] / "other").exists()
    assert processes.reachable_copy(account, program, closed / "base", ["part"], shelf) == copy


def test_nobody_is_changed_for_an_ordinary_person() -> None:
    """OPS-1: without an account, commands run as ourselves."""
    assert processes.as_account(None) == {}
