"""What the tests of trust tried is said at the end of the run, however many processes shared the work."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each kind: "matrix: 15,000 cells, 0 leaks"."""
    cells = leaks = 0
    lines = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == "matrix" and report.when == "call":
                    cells, leaks = cells + value[0], leaks + value[1]
                elif name == "trust" and report.when == "call":
                    lines.append(value)
    if cells:
        lines.insert(0, f"matrix: {cells:,} cells, {leaks} leaks")
    for line in lines:
        terminalreporter.write_line(line)
