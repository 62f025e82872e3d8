"""`make run`: kept up, brought down in order, and its troubles in one line each (OPS-1)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from earlyhelp.embedded import Problem
from earlyhelp.embedded.datadir import DataDir, free_port
from earlyhelp.run.programs import Console, Crew, Program
from earlyhelp.run.supervisor import Supervisor
from tests.embedded.conftest import ROOT, all_gone, call, eventually, processes_below, start


def program(script: str, root: Path, name: str = "worker") -> Program:
    env = os.environ | {"PYTHONUNBUFFERED": "1", "FOLDER": str(root)}
    return Program(name, [sys.executable, "-c", script], env, ROOT)


@pytest.fixture
def crew() -> Crew:
    return Crew(Console())


def listen(crew: Crew, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        crew.listen(0.05)
        crew.tend()


def test_lines_carry_the_name_of_who_said_them(crew: Crew, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: a line of the worker's is told from one of the web's; half a line at the end is not lost."""
    said = program("print('one'); print('two é', end='')", root)
    crew.start(said)
    eventually(lambda: said.has_ended)
    crew.forget(said)
    assert capsys.readouterr().out.splitlines() == ["worker   | one", "worker   | two é"]
    assert said.last_line == "two é"
    assert crew.programs == []


def test_program_that_ends_is_started_again_ever_more_slowly(
    crew: Crew, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """OPS-1: one line for each end, and a program that cannot run does not spin."""
    crew.start(program("import sys; sys.exit(3)", root))
    listen(crew, 4.2)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"worker   | ended (exit code 3); starting it again in {seconds} s." for seconds in (1, 2, 4)]
    crew.stop(1, hurried=lambda: False)


def test_killed_program_takes_its_children_along(crew: Crew, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: a worker's pool does not go on working beside the new worker's."""
    root.mkdir()
    script = (
        "import os, subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c',"
        "'import time;time.sleep(60)'],"
        "cwd=os.environ['FOLDER']); print('up', flush=True); time.sleep(60)"
    )
    worker = program(script, root)
    crew.start(worker)
    eventually(lambda: crew.listen(0.05) or worker.last_line == "up")
    before = set(processes_below(root))
    assert len(before) == 2
    assert worker.process is not None
    worker.process.kill()
    worker.process.wait()
    listen(crew, 0.3)
    eventually(lambda: not before & set(processes_below(root)))
    assert "ended (killed by SIGKILL); starting it again in 1 s." in capsys.readouterr().out
    crew.stop(1, hurried=lambda: False)
    eventually(lambda: processes_below(root) == {})


WARM = (
    "import signal, sys, time\n"
    "def end(*_):\n"
    "    print('finishing'); time.sleep(0.5); print('finished'); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end); print('up')\n"
    "while True: time.sleep(1)"
)
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up')\nwhile True: time.sleep(1)"


def test_stop_lets_a_program_finish_what_it_does(crew: Crew, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: a warm stop, heard to its last word."""
    worker = program(WARM, root)
    crew.start(worker)
    eventually(lambda: crew.listen(0.05) or worker.last_line == "up")
    crew.stop(10, hurried=lambda: False)
    assert worker.process is not None
    assert worker.process.returncode == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["worker   | finishing", "worker   | finished"]


@pytest.mark.parametrize(("patience", "hurried"), [(0.3, False), (60, True)])
def test_stop_does_not_wait_for_ever(crew: Crew, root: Path, patience: float, hurried: bool) -> None:
    """OPS-1: after its time, or a second Ctrl-C, a program that does not listen is killed."""
    worker = program(DEAF, root)
    crew.start(worker)
    eventually(lambda: crew.listen(0.05) or worker.last_line == "up")
    began = time.monotonic()
    crew.stop(patience, hurried=lambda: hurried)
    assert time.monotonic() - began < 5
    assert worker.process is not None
    assert worker.process.returncode == -signal.SIGKILL


def test_closed_terminal_does_not_stop_the_work() -> None:
    """OPS-1: a line that nobody can read any more is dropped."""
    script = (
        "import sys; from earlyhelp.run.programs import Console; console = Console()\n"
        "for _ in range(3): console.line('web', 'x' * 100000)\n"
        "print('still here', file=sys.stderr); sys.stderr.flush(); import os; os._exit(0)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == "still here\n"
    assert child.wait() == 0


def test_taken_port_is_one_line(root: Path) -> None:
    """OPS-1: what listens on our port is not disturbed; both ways out are named."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        done = call(root, "earlyhelp.run", EARLYHELP_PORT=str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"Port {port} is taken: stop what listens there, or set EARLYHELP_PORT to another number.\n"
    assert not (root / "postgres").exists()


@pytest.mark.parametrize("given", ["eighty", "0", "65536"])
def test_port_that_is_none_is_one_line(root: Path, given: str) -> None:
    """OPS-1: a mistyped port is named."""
    done = call(root, "earlyhelp.run", EARLYHELP_PORT=given)
    assert done.returncode == 1
    assert done.stderr == f"EARLYHELP_PORT is '{given}', which is not a port: use a number from 1 to 65535.\n"


def test_second_run_is_one_line(root: Path) -> None:
    """OPS-1: the same data never has two masters."""
    data = DataDir(root)
    data.open()
    assert data.try_lock("lock")
    done = call(root, "earlyhelp.run")
    data.unlock("lock")
    assert done.returncode == 1
    assert done.stderr == f"Early Help is already running with the data in {data.root}.\n"


def test_full_disk_is_a_problem_before_anything_starts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: a start that would fill the disk is not begun."""
    for key in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(key, raising=False)
    with pytest.raises(Problem, match="is full"):
        Supervisor(root, free_port(), Console(), needed_free_mb=999_999_999).run()
    assert not (root / "postgres").exists()


def test_reset_empties_the_folder(root: Path) -> None:
    """OPS-1: a new beginning, secrets included; a folder that was never there is no trouble."""
    assert call(root, "earlyhelp.run", "reset").returncode == 0
    data = DataDir(root)
    data.open()
    data.secrets()
    (root / "files").mkdir()
    (root / "files" / "letter.pdf").write_text("x")
    done = call(root, "earlyhelp.run", "reset")
    assert (done.returncode, done.stdout) == (0, f"{data.root} is empty.\n")
    assert list(root.iterdir()) == []


class Run:
    """One `make run` under test: its process, its address and what it has said."""

    def __init__(self, root: Path, port: int) -> None:
        self.port = port
        self.lines: list[str] = []
        self.process = start(root, "earlyhelp.run", EARLYHELP_PORT=str(port), EARLYHELP_DEMO="0")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines += self.process.stdout

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def wait_for(self, words: str, seconds: float) -> None:
        try:
            eventually(lambda: self.said(words) or self.process.poll() is not None, seconds)
            assert self.said(words)
        except AssertionError:
            pytest.fail(f"{words!r} was not said:\n{''.join(self.lines)}")

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def one(root: Path, *words: str) -> int:
    """The eldest process below the folder whose command line has all these words, or 0."""
    found = [pid for pid, command in processes_below(root).items() if all(word in command for word in words)]
    return min(found, default=0)


@pytest.mark.slow
def test_everything_comes_up_stays_up_and_goes_down(root: Path) -> None:
    """OPS-1: serves; survives its worker's, its database's and its own death; Ctrl-C leaves no process."""
    run = Run(root, free_port())
    try:
        run.wait_for("Early Help is at", 120)
        assert run.status("/healthz/live") == run.status("/healthz/ready") == 200

        second = call(root, "earlyhelp.run", EARLYHELP_PORT=str(free_port()))
        assert (second.returncode, second.stderr.count("\n")) == (1, 1)
        assert "already running" in second.stderr

        worker = one(root, "celery", " worker ")
        os.kill(worker, signal.SIGKILL)
        run.wait_for("worker   | ended (killed by SIGKILL)", 10)
        eventually(lambda: one(root, "celery", " worker ") not in {0, worker}, 20)

        os.kill(one(root, "postgres -D"), signal.SIGKILL)
        run.wait_for("postgres is back.", 30)
        eventually(lambda: run.status("/healthz/ready") == 200, 30)

        run.process.kill()
        run.process.wait()
        all_gone(root, 40)

        run = Run(root, run.port)
        began = time.monotonic()
        run.wait_for("Early Help is at", 60)
        assert time.monotonic() - began < 30  # 15 on an idle machine

        os.killpg(run.process.pid, signal.SIGINT)
        assert run.process.wait(60) == 0
        run.reader.join(5)
        assert not run.said("Traceback")
        assert processes_below(root) == {}
        assert "database system is shut down" in (root / "log" / "postgres.log").read_text().splitlines()[-1]
    finally:
        run.process.kill()
