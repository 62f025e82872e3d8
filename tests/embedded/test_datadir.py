"""The data folder keeps its secrets, its ports and its one user (OPS-1)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from earlyhelp.embedded import Problem
from earlyhelp.embedded.datadir import DataDir, free_port, port_is_free, write_private
from tests.embedded.conftest import ROOT, eventually


@pytest.fixture
def data(root: Path) -> DataDir:
    folder = DataDir(root)
    folder.open()
    return folder


def test_passwords_are_made_once_and_readable_by_their_owner_alone(data: DataDir) -> None:
    """OPS-1: every login needs a password that nobody else on the machine can read."""
    first = data.secrets()
    assert first == DataDir(data.root).secrets()
    assert len(set(first.values())) == len(first) == 5
    assert min(map(len, first.values())) >= 32
    assert (data.root / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_secret_key_is_made_once_and_private(data: DataDir) -> None:
    """OPS-1: sessions survive a restart because the key does."""
    assert data.secret_key() == DataDir(data.root).secret_key()
    assert len(data.secret_key()) >= 50
    assert (data.root / "secret-key").stat().st_mode & 0o777 == 0o600


def test_folder_of_an_ordinary_person_is_closed_and_logs_always_are(data: DataDir) -> None:
    """OPS-1: only what the servers' account must pass through is open to it."""
    assert data.root.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
    assert data.log.stat().st_mode & 0o777 == 0o700


def test_port_is_remembered_while_it_is_free(data: DataDir) -> None:
    """OPS-1: addresses stay valid from one start to the next."""
    port = data.port("postgres")
    assert data.port("postgres") == port == DataDir(data.root).port("postgres")
    assert data.port("valkey") != port


def test_port_taken_by_another_program_is_replaced(data: DataDir) -> None:
    """OPS-1: a stranger on our remembered port does not stop the start."""
    port = data.port("postgres")
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert not port_is_free(port)
        replaced = data.port("postgres")
    assert replaced != port
    assert DataDir(data.root).port("postgres") == replaced


def test_free_port_can_be_taken() -> None:
    """OPS-1: what is called free can be listened on."""
    port = free_port()
    assert port_is_free(port)
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", port))


HOLD = (
    "import sys, time; from pathlib import Path; from earlyhelp.embedded.datadir import DataDir;"
    "data = DataDir(Path(sys.argv[1])); print(data.try_lock('lock', shared=len(sys.argv) > 2), flush=True);"
    "time.sleep(60)"
)


def hold(data: DataDir, *shared: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(data.root), *shared]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_lock_admits_one_process_and_is_freed_by_its_death(data: DataDir) -> None:
    """OPS-1: a second run is refused, and a killed one leaves no lock behind."""
    holder = hold(data)
    assert said(holder) == "True"
    assert not data.try_lock("lock")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    eventually(lambda: data.try_lock("lock"))
    data.unlock("lock")
    data.unlock("lock")


def test_shared_lock_admits_several_but_no_owner(data: DataDir) -> None:
    """OPS-1: those who joined the servers are counted, however they end."""
    joiner = hold(data, "shared")
    assert said(joiner) == "True"
    assert data.try_lock("lock", shared=True)
    data.unlock("lock")
    assert not data.try_lock("lock")
    joiner.kill()
    joiner.wait()
    assert data.try_lock("lock")


def test_addresses_come_back_as_they_were_written(data: DataDir) -> None:
    """OPS-1: the file `env` can be sourced by a shell and read by us."""
    values = {"DATABASE_URL": "postgresql://a:b=c@127.0.0.1:1/x", "REDIS_URL": "redis://:p@127.0.0.1:2/0"}
    assert data.read_env() == {}
    data.write_env(values)
    assert data.read_env() == values
    assert data.env_file.stat().st_mode & 0o777 == 0o600
    shell = subprocess.run(
        ["/bin/sh", "-c", 'set -a; . "$1"; env', "sh", str(data.env_file)], capture_output=True, text=True
    )
    assert f"DATABASE_URL={values['DATABASE_URL']}" in shell.stdout.splitlines()


def test_folder_that_cannot_be_written_is_one_line(root: Path) -> None:
    """OPS-1: a data folder that cannot be made is named, with what to do."""
    root.write_text("a file where the folder should be")
    with pytest.raises(Problem, match=r"cannot be written .*EARLYHELP_DATA_DIR") as caught:
        DataDir(root / "below").open()
    assert "\n" not in str(caught.value)
    root.unlink()


def test_full_disk_is_one_line_with_both_figures(root: Path) -> None:
    """OPS-1: a disk that is nearly full stops the start before anything is written."""
    with pytest.raises(Problem, match=r"is full: \d+ MB are free and 999999999 MB are needed") as caught:
        DataDir(root).open(needed_free_mb=999_999_999)
    assert "\n" not in str(caught.value)


def test_private_file_is_whole_or_not_there(root: Path) -> None:
    """OPS-1: a file of ours is replaced in one step, and never readable by others on the way."""
    root.mkdir()
    file = root / "private"
    write_private(file, "one")
    before = file.stat().st_ino
    write_private(file, "two")
    assert file.read_text() == "two"
    assert file.stat().st_ino != before
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(root.iterdir()) == [file]


def test_spoilt_file_of_ports_is_written_anew(data: DataDir) -> None:
    """OPS-1: a half-written file from a crash does not stop the next start."""
    (data.root / "ports.json").write_text('{"postgres": "54')
    port = data.port("postgres")
    assert DataDir(data.root).port("postgres") == port
