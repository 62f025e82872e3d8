"""The command line of the embedded servers (OPS-1)."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from earlyhelp.run.travelling import kept_environment

from . import processes
from .datadir import DataDir
from .problems import Problem
from .servers import Servers, default_root, own_servers_are_given, running


class Stopped(BaseException):
    """Raised by a signal that asks this process to end."""


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(signal.Signals(number).name)


def say(line: str) -> None:
    """Print one line of our own, apart from the command's output."""
    print(f"servers | {line}", file=sys.stderr, flush=True)


def run_command(command: list[str], *, test: bool, database: str | None) -> int:
    """Run a command with the servers up and return its exit code (128 + signal when it was killed)."""
    with ExitStack() as stack:
        env = {"EARLYHELP_DATA_DIR": str(default_root()), **os.environ}
        if not own_servers_are_given():
            env |= stack.enter_context(running(default_root(), test=test, say=say, database=database))
        if not test:
            data = DataDir(default_root())
            env |= kept_environment(data, env)
            env.setdefault("EARLYHELP_SECRET_KEY", data.secret_key())
        try:
            child = processes.spawn(command, env=env, cwd=Path.cwd(), own_group=False, stdin=None)
        except OSError as error:
            raise Problem(f"{command[0]} cannot be run: {error.strerror}.") from error
        return _wait(child)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the command, handing on what asks us to end: the servers outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the command by itself
    signal.signal(signal.SIGTERM, lambda number, _frame: child.send_signal(number))
    code = child.wait()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return 128 - code if code < 0 else code


def keep_up(*, test: bool) -> int:
    """Keep the servers up until we are asked to end, starting again whichever is killed."""
    servers = Servers(default_root(), test=test, say=say)
    servers.data.open()
    if not servers.data.try_lock("lock"):
        raise Problem(f"The servers of {servers.data.root} are up already; their addresses are in its file `env`.")
    try:
        servers.start()
        say(f"Up. Addresses: {servers.data.env_file} (Ctrl-C stops both).")
        while True:
            servers.tick()
            time.sleep(0.5)
    except Stopped:
        say("Stopping.")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        servers.stop()
    return 0


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m earlyhelp.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    execute = actions.add_parser("exec", help="run a command with the servers up")
    execute.add_argument("--test", action="store_true", help="servers for tests: fast, not crash-safe")
    execute.add_argument("--database", help="use this further database, made if need be")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    up = actions.add_parser("up", help="keep the servers up until Ctrl-C")
    up.add_argument("--test", action="store_true", help="servers for tests: fast, not crash-safe")
    parsed = parser.parse_args(given)
    if parsed.action == "exec":
        parsed.command = parsed.command[1:] if parsed.command[:1] == ["--"] else parsed.command
        if not parsed.command:
            parser.error("exec needs a command after --")
    return parsed


def main(given: list[str]) -> int:
    """Do what the command line asks and return the exit code."""
    asked = arguments(given)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        if asked.action == "up":
            return keep_up(test=asked.test)
        return run_command(asked.command, test=asked.test, database=asked.database)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
