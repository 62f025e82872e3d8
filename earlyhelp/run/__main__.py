"""The command line behind `make run` and `make reset` (OPS-1)."""

from __future__ import annotations

import os
import sys

from earlyhelp.embedded import Problem, default_root
from earlyhelp.embedded.datadir import DataDir
from earlyhelp.run.programs import Console
from earlyhelp.run.supervisor import Supervisor


def port() -> int:
    """The port of the pages: EARLYHELP_PORT, or 8000; raises Problem when it is no port."""
    given = os.environ.get("EARLYHELP_PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise Problem(f"EARLYHELP_PORT is {given!r}, which is not a port: use a number from 1 to 65535.")
    return int(given)


def reset() -> int:
    """Empty the data folder, unless something runs from it; raises Problem then."""
    main, test = DataDir(default_root()), DataDir(default_root() / "test")
    for data in (main, test):
        if not data.root.exists():
            continue
        if not data.try_lock("lock"):
            raise Problem(f"Early Help is running with the data in {data.root}: stop it first.")
    for data in (test, main):
        if data.root.exists():
            data.empty()
    print(f"{main.root} is empty.")
    return 0


def main(given: list[str]) -> int:
    """Do what the command line asks; a problem is one line on standard error and exit code 1."""
    try:
        if given == ["reset"]:
            return reset()
        if given:
            raise Problem("usage: python -m earlyhelp.run [reset]")
        return Supervisor(default_root(), port(), Console()).run()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
