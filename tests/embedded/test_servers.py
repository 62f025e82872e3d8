"""Both servers in use: their rights, their sharing, their recovery, their end (OPS-1)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from earlyhelp.embedded import Problem, Servers, own_servers_are_given, running
from earlyhelp.embedded import servers as servers_module
from tests.embedded.conftest import bare_environment, call, eventually, processes_below, start

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def urls(shared_root: Path) -> Iterator[dict[str, str]]:
    """Addresses of test servers that are up for the module."""
    with running(shared_root, test=True, say=print) as addresses:
        yield addresses


@pytest.fixture
def servers(root: Path) -> Iterator[Servers]:
    """Durable servers of one test, for that test to mistreat."""
    mine = Servers(root, test=False, say=print)
    mine.data.open()
    assert mine.data.try_lock("lock")
    mine.start()
    yield mine
    mine.stop()
    mine.data.unlock("lock")


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("DATABASE_URL", ("eh_app", False, False, False, False)),
        ("DATABASE_OWNER_URL", ("eh_owner", False, False, True, False)),
        ("DATABASE_MAINTENANCE_URL", ("eh_maintenance", False, True, False, False)),
    ],
)
def test_each_role_may_do_what_it_is_for(urls: dict[str, str], key: str, expected: tuple[object, ...]) -> None:
    """OPS-1: name, superuser, bypasses row-level security, makes databases, makes roles."""
    question = (
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert ask(urls[key], question) == [expected]


def test_only_the_owner_makes_tables(urls: dict[str, str]) -> None:
    """OPS-1: the app's role sees the schema and can make nothing in it."""
    question = "SELECT has_schema_privilege('public', 'USAGE'), has_schema_privilege('public', 'CREATE')"
    assert ask(urls["DATABASE_OWNER_URL"], question) == [(True, True)]
    assert ask(urls["DATABASE_URL"], question) == [(True, False)]
    assert ask(urls["DATABASE_MAINTENANCE_URL"], question) == [(True, False)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(urls["DATABASE_URL"], "CREATE TABLE mine (id int)")


def test_database_made_by_the_owner_has_the_same_rights(urls: dict[str, str]) -> None:
    """OPS-1: the tests' own databases behave as the running one."""
    ask(urls["DATABASE_OWNER_URL"], "CREATE DATABASE made_for_a_test")
    app = urls["DATABASE_URL"].replace("/earlyhelp", "/made_for_a_test")
    owner = urls["DATABASE_OWNER_URL"].replace("/earlyhelp", "/made_for_a_test")
    ask(owner, "CREATE TABLE thing (id int)")
    question = "SELECT has_schema_privilege('public', 'USAGE'), has_schema_privilege('public', 'CREATE')"
    assert ask(app, question) == [(True, False)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(app, "SELECT * FROM thing")
    ask(urls["DATABASE_OWNER_URL"], "DROP DATABASE made_for_a_test")


def test_maintenance_reads_and_writes_every_row(urls: dict[str, str]) -> None:
    """OPS-1: backup and erasure see the rows that forced row-level security hides, and make no tables."""
    owner, maintenance = urls["DATABASE_OWNER_URL"], urls["DATABASE_MAINTENANCE_URL"]
    ask(owner, "CREATE TABLE hidden (id int)")
    ask(owner, "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    ask(maintenance, "INSERT INTO hidden VALUES (1)")
    assert ask(maintenance, "SELECT id FROM hidden") == [(1,)]
    assert ask(owner, "SELECT id FROM hidden") == []
    ask(owner, "DROP TABLE hidden")


def test_order_of_words_is_the_same_on_every_machine(urls: dict[str, str]) -> None:
    """OPS-1: the builtin collation, in UTF-8, whatever the machine's C library says."""
    question = (
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding), current_setting('timezone') "
        "FROM pg_database WHERE datname = current_database()"
    )
    [(provider, locale, encoding, timezone)] = ask(urls["DATABASE_URL"], question)
    assert (provider, encoding, timezone) == ("b", "UTF8", "UTC")
    assert locale in {"PG_UNICODE_FAST", "C.UTF-8"}
    assert ask(urls["DATABASE_URL"], "SELECT upper('é')") == [("É",)]


def test_nobody_gets_in_without_a_password(urls: dict[str, str]) -> None:
    """OPS-1: another user of the same machine stays outside both servers."""
    parts = urlsplit(urls["DATABASE_URL"])
    for user in ("eh_app", "postgres"):
        for password in ("", "wrong"):
            address = f"postgresql://{user}:{password}@127.0.0.1:{parts.port}/earlyhelp"
            with pytest.raises(psycopg2.OperationalError, match="password"):
                ask(address, "SELECT 1")
    broker = urlsplit(urls["REDIS_URL"])
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=broker.port or 0).ping()
    assert redis.Redis.from_url(urls["REDIS_URL"]).ping()


def test_servers_are_reached_from_this_machine_alone(urls: dict[str, str]) -> None:
    """OPS-1: no server listens beyond 127.0.0.1, nor in a socket file."""
    assert f".s.PGSQL.{urlsplit(urls['DATABASE_URL']).port}" not in Path("/proc/net/unix").read_text()
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line]
    for url in (urls["DATABASE_URL"], urls["REDIS_URL"]):
        port = urlsplit(url).port
        assert {address.split(":")[0] for address in listening if address.endswith(f":{port:04X}")} == {"0100007F"}


def test_no_process_list_shows_a_password(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: command lines, which every user may read, hold no secret."""
    commands = " ".join(processes_below(shared_root).values())
    assert "valkey-server" in commands
    assert "postgres" in commands
    for url in urls.values():
        if "://" in url:
            assert (urlsplit(url).password or "") not in commands


def test_command_gets_addresses_and_its_exit_code_comes_back(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: `exec` joins servers that are up, and is as good as the command itself."""
    done = call(shared_root, "earlyhelp.embedded", "exec", "--test", "--", "sh", "-c", "echo $DATABASE_URL; exit 7")
    assert (done.returncode, done.stdout.strip()) == (7, urls["DATABASE_URL"])
    assert ask(urls["DATABASE_URL"], "SELECT 1") == [(1,)]
    killed = call(shared_root, "earlyhelp.embedded", "exec", "--test", "--", "sh", "-c", "kill -9 $$")
    assert killed.returncode == 137


def test_joined_test_run_has_a_name_of_its_own(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: two test runs at once do not share a database."""
    names = [
        call(
            shared_root, "earlyhelp.embedded", "exec", "--test", "--", "sh", "-c", "echo $EARLYHELP_TEST_NAME"
        ).stdout.strip()
        for _ in range(2)
    ]
    assert all(names)
    assert names[0] != names[1]


def test_further_database_is_made_once(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: benchmarks have a database beside the running one."""
    command = ["earlyhelp.embedded", "exec", "--test", "--database", "eh_bench", "--", "sh", "-c", "echo $DATABASE_URL"]
    for _ in range(2):
        done = call(shared_root, *command)
        assert done.returncode == 0, done.stderr
        assert ask(done.stdout.strip(), "SELECT current_database()") == [("eh_bench",)]
    refused = call(
        shared_root, "earlyhelp.embedded", "exec", "--test", "--database", "x'; DROP", "--", "true"
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.startswith("A database cannot be called")


def test_second_up_on_the_same_folder_is_one_line(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: the second is told, the first goes on."""
    done = call(shared_root, "earlyhelp.embedded", "up", "--test")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "are up already" in done.stderr
    assert ask(urls["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_unknown_command_is_one_line(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: no traceback for a mistyped command."""
    done = call(shared_root, "earlyhelp.embedded", "exec", "--test", "--", "no-such-command")
    assert (done.returncode, done.stderr) == (1, "no-such-command cannot be run: No such file or directory.\n")


def test_servers_stop_when_the_last_user_leaves(root: Path) -> None:
    """OPS-1: who joins keeps the servers that another command started."""
    until_joined = f"until [ -e '{root}/joined' ]; do sleep 0.05; done"
    first = start(root, "earlyhelp.embedded", "exec", "--test", "--", "sh", "-c", until_joined)
    eventually(lambda: (root / "test" / "env").exists())
    probe = (
        f"import os, psycopg2, time; open({str(root / 'joined')!r}, 'w').close(); time.sleep(2);"
        "psycopg2.connect(os.environ['DATABASE_URL']); print('served')"
    )
    second = call(root, "earlyhelp.embedded", "exec", "--test", "--", sys.executable, "-c", probe)
    assert second.stdout.strip() == "served", second.stderr
    output, _ = first.communicate(timeout=30)
    assert "Another command still uses these servers" in output
    assert first.returncode == 0
    assert processes_below(root) == {}
    assert not (root / "test" / "env").exists()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_up_ends_without_a_trace(root: Path, by: signal.Signals) -> None:
    """OPS-1: Ctrl-C and SIGTERM leave no process and a clean database."""
    up = start(root, "earlyhelp.embedded", "up", "--test")
    eventually(lambda: (root / "test" / "env").exists())
    os.killpg(up.pid, by)
    output, _ = up.communicate(timeout=30)
    assert up.returncode == 0
    assert "Traceback" not in output
    assert processes_below(root) == {}
    assert "database system is shut down" in (root / "test" / "log" / "postgres.log").read_text()


def test_killed_supervisor_leaves_nothing_and_the_next_start_recovers(root: Path) -> None:
    """OPS-1: kill -9, a stale pid file with a living stranger's number, and the next start works."""
    up = start(root, "earlyhelp.embedded", "up", "--test")
    eventually(lambda: (root / "test" / "env").exists())
    up.kill()
    up.communicate()
    eventually(lambda: not processes_below(root), 10)
    stale = root / "test" / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n1\n\n127.0.0.1\n1 1\nready   \n")
    done = call(root, "earlyhelp.embedded", "exec", "--test", "--", "true")
    assert (done.returncode, done.stderr) == (0, "")


def test_orphaned_servers_are_ended_before_a_start(root: Path) -> None:
    """OPS-1: where no signal came with the supervisor's death, its servers are found and ended."""
    script = (
        "import os, sys; from pathlib import Path; from earlyhelp.embedded import Servers, processes;"
        "processes._LIBC = None; servers = Servers(Path(sys.argv[1]), test=True, say=print);"
        "servers.data.open(); servers.data.try_lock('lock'); servers.start(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(root)], check=True, env=bare_environment(root))
    orphans = processes_below(root)
    assert any("valkey" in command for command in orphans.values())
    done = call(root, "earlyhelp.embedded", "exec", "--test", "--", "true")
    assert done.returncode == 0
    assert "that an earlier start had left behind" in done.stderr
    assert processes_below(root) == {}


def tick_until_up(servers: Servers, seconds: float = 30) -> None:
    eventually(servers.tick, seconds)


def test_killed_database_comes_back_with_its_rows(servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: what was committed before kill -9 is there after it, at the same address."""
    url = servers.urls()["DATABASE_OWNER_URL"]
    ask(url, "CREATE TABLE kept (id int)")
    ask(url, "INSERT INTO kept SELECT generate_series(1, 1000)")
    assert servers.postgres is not None
    assert servers.postgres.process is not None
    servers.postgres.process.kill()
    servers.postgres.process.wait()
    assert not servers.tick()
    tick_until_up(servers)
    assert ask(url, "SELECT count(*) FROM kept") == [(1000,)]
    assert capsys.readouterr().out.splitlines() == ["postgres ended; starting it again.", "postgres is back."]


def test_killed_broker_comes_back_with_its_queue(servers: Servers) -> None:
    """OPS-1: a task waiting in the broker survives the broker's kill -9."""
    url = servers.urls()["REDIS_URL"]
    redis.Redis.from_url(url).rpush("queue", "task")
    time.sleep(1.2)  # the file is flushed each second
    assert servers.valkey is not None
    assert servers.valkey.process is not None
    servers.valkey.process.kill()
    servers.valkey.process.wait()
    assert not servers.tick()
    tick_until_up(servers)
    assert redis.Redis.from_url(url).lrange("queue", 0, -1) == [b"task"]


def test_long_recovery_is_waited_for_with_a_line_now_and_then(
    servers: Servers, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-1: a server that recovers for a minute is neither given up nor waited for in silence."""
    monkeypatch.setattr(servers_module, "LINE_EVERY", 0.6)
    assert servers.postgres is not None
    assert servers.postgres.process is not None
    servers.postgres.process.kill()
    servers.postgres.process.wait()
    servers.tick()
    servers.postgres.process.send_signal(signal.SIGSTOP)  # stands for a long recovery: alive, not answering
    assert not servers.tick()
    time.sleep(0.4)
    assert not servers.tick()
    assert "postgres is still recovering after" in capsys.readouterr().out
    servers.postgres.process.send_signal(signal.SIGCONT)
    tick_until_up(servers)
    assert "postgres is back." in capsys.readouterr().out


def test_port_taken_while_the_server_was_down_is_a_problem(servers: Servers) -> None:
    """OPS-1: addresses that others hold never point to a stranger in silence."""
    assert servers.valkey is not None
    assert servers.valkey.process is not None
    servers.valkey.process.kill()
    servers.valkey.process.wait()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", servers.valkey.port))
        stranger.listen()
        with pytest.raises(Problem, match="was taken while it was down"):
            servers.tick()


def test_full_disk_is_recognised_in_the_servers_own_words(root: Path) -> None:
    """OPS-1: a disk that fills up while the servers run is one line, not a row of restarts."""
    root.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=150m", "tmpfs", root]).returncode:
        pytest.skip("a small disk cannot be made here")
    mine = Servers(root, test=False, say=print)
    try:
        mine.data.open(needed_free_mb=1)
        assert mine.data.try_lock("lock")
        mine.start()
        fill = subprocess.run(["dd", "if=/dev/zero", f"of={root}/filler", "bs=64k"], capture_output=True, text=True)
        assert "No space left" in fill.stderr
        assert mine.postgres is not None
        assert mine.postgres.process is not None
        mine.postgres.process.kill()
        mine.postgres.process.wait()
        with pytest.raises(Problem, match=r"^The disk that holds .* is full") as caught:
            eventually(mine.tick, 20)
        assert "\n" not in str(caught.value)
    finally:
        mine.stop()
        mine.data.unlock("lock")
        subprocess.run(["umount", "-l", root], check=True)


def test_closed_folder_is_served_from_an_open_one(tmp_path: Path) -> None:
    """OPS-1: a checkout below a closed folder works, and its reset leaves nothing elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("only root runs servers as another account")
    root = tmp_path / "data"
    done = call(root, "earlyhelp.embedded", "exec", "--test", "--", "true")
    assert done.returncode == 0, done.stderr
    home = Path((root / "test" / "home").read_text())
    assert (home / "postgres" / "PG_VERSION").exists()
    assert home.stat().st_mode & 0o777 == 0o711
    emptied = call(root, "earlyhelp.run", "reset")
    assert emptied.returncode == 0, emptied.stderr
    assert not home.exists()
    assert list(root.iterdir()) == []


def test_reset_refuses_while_servers_run(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-1: data in use is never removed."""
    done = call(shared_root, "earlyhelp.run", "reset")
    assert done.returncode == 1
    assert "stop it first" in done.stderr
    assert ask(urls["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_own_servers_need_both_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: half a configuration is refused rather than mixed with embedded servers."""
    for key in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(key, raising=False)
    assert not own_servers_are_given()
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db/x")
    with pytest.raises(Problem, match="Set both"):
        own_servers_are_given()
    monkeypatch.setenv("REDIS_URL", "redis://broker/0")
    assert own_servers_are_given()


def test_own_servers_are_used_and_none_is_started(root: Path) -> None:
    """OPS-1: DATABASE_URL and REDIS_URL switch the same commands to other servers."""
    given = {"DATABASE_URL": "postgresql://u:p@db/x", "REDIS_URL": "redis://broker/0"}
    done = call(
        root, "earlyhelp.embedded", "exec", "--test", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", **given
    )
    assert done.stdout.split() == list(given.values())
    assert not (root / "test" / "postgres").exists()


def test_a_failing_statement_leaves_none_of_its_words_in_the_log(urls: dict[str, str], shared_root: Path) -> None:
    """OPS-2: neither the statement nor the detail of its error, which would name what was typed."""
    ask(urls["DATABASE_OWNER_URL"], "CREATE TABLE log_probe (word text UNIQUE)")
    ask(urls["DATABASE_OWNER_URL"], "INSERT INTO log_probe VALUES ('canary-4711')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        ask(urls["DATABASE_OWNER_URL"], "INSERT INTO log_probe VALUES ('canary-4711')")
    logs = list(shared_root.rglob("postgres.log"))
    assert logs
    told = "".join(log.read_text(errors="replace") for log in logs)
    assert "log_probe_word_key" in told, "the error itself is told"
    assert "canary-4711" not in told
