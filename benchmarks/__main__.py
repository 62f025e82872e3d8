"""Run every benchmark, or those that are named: `python -m benchmarks [NAME …] [--rounds N] [--cases N]`.

`audit_chain` and `sweep` have a small database of their own each time, `working_days` needs none. The pages have two of
a size, made once and kept: 150 partnerships with 1.5 million cases take some half an hour the first time, and some
17 GB.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Any

APART = ("audit_chain", "sweep")
PAGES = ("case_list", "my_work", "late", "inbox", "nothing_due")
NAMES = (*APART, "working_days", *PAGES)


def main(given: list[str]) -> int:
    """Run them one after the other; the exit code is 1 if one missed its target."""
    asked = _parser().parse_args(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earlyhelp.settings")
    ground = importlib.import_module("benchmarks.ground")
    names = asked.names or NAMES
    met = True
    for name in APART:
        if name in names:
            with ground.database(name):
                met = importlib.import_module(f"benchmarks.{name}").main(rounds=asked.rounds) and met
    if "working_days" in names:
        importlib.import_module("benchmarks.working_days").main(rounds=asked.rounds)
    if pages := [name for name in PAGES if name in names]:
        size = importlib.import_module("benchmarks.size")
        places = size.grounds(partnerships=asked.partnerships, cases=asked.cases, seed=asked.seed)
        for name in pages:
            met = _page(name, asked.rounds, *places) and met
    return 0 if met else 1


def _page(name: str, rounds: int, alone: Any, country: Any) -> bool:
    bench = importlib.import_module(f"benchmarks.{name}")
    return bool(bench.main(rounds=rounds, alone=alone, country=country))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    parser.add_argument("--rounds", type=int, default=200, help="how often each figure is taken (200)")
    parser.add_argument("--partnerships", type=int, default=150, help="of the large database (150)")
    parser.add_argument("--cases", type=int, default=1_500_000, help="of the large database (1,500,000)")
    parser.add_argument("--seed", type=int, default=1, help="of both databases (1)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
