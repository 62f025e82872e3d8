"""Run every benchmark, or those that are named: `python -m benchmarks [NAME …] [--rounds N]`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

NAMES = ("audit_chain",)


def main(given: list[str]) -> int:
    """Run them one after the other, each in a database of its own; the exit code is 1 if one missed its target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    parser.add_argument("--rounds", type=int, default=200, help="pairs of rounds, with and without (200)")
    asked = parser.parse_args(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earlyhelp.settings")
    ground = importlib.import_module("benchmarks.ground")
    met = True
    for name in asked.names or NAMES:
        bench = importlib.import_module(f"benchmarks.{name}")
        with ground.database(name):
            met = bench.main(rounds=asked.rounds) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
