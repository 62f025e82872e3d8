"""What may stand in a log line: ids, counts, timings, names of our own code (OPS-2). All else is dropped.

Our own events are codes with safe keys. Packages write sentences, into which names, addresses and parameters are
woven: of those a line keeps the level, the logger, the place in the code, and the sentence only where it stands in
the source word for word, so that nothing can have been woven in yet.
"""

from __future__ import annotations

import ast
import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

Event = MutableMapping[str, Any]

SAFE_KEYS = frozenset(
    {
        "event", "level", "logger", "timestamp", "request_id", "code", "duration_ms", "method", "route",
        "partnership_id", "user_id", "agency_id", "subject_id", "document_id", "message_id", "topic", "attempt",
        "count", "task", "task_id", "parent_task_id", "error", "where", "place", "state", "pid", "queue", "seq", "hash",
    }
)  # fmt: skip
META = frozenset({"_record", "_from_structlog"})
OURS = ("assessments", "cases", "consent", "earlyhelp", "foundation", "intake")
HIDDEN = "…"

_WORD = re.compile(r"[A-Za-z0-9_.:<>/+-]{1,120}", re.ASCII)


def only_safe_keys(logger: Any, name: str, event: Event) -> Event:
    """Of one of our own events, keep the keys that are known to be free of personal data, if their values are codes."""
    _name_the_error(event, event.pop("exc_info", None))
    return {key: _safe(value) for key, value in event.items() if key in SAFE_KEYS}


def only_safe_words(logger: Any, name: str, event: Event) -> Event:
    """Of a package's event, keep where it was written and, if it stands so in the source, its template."""
    record: logging.LogRecord = event["_record"]
    kept = only_safe_keys(logger, name, {key: value for key, value in event.items() if key != "event"})
    _name_the_error(kept, record.exc_info)
    kept["event"] = template_of(record) or "unworded"
    kept["place"] = _safe(f"{record.module}:{record.lineno}")
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        kept["code"] = status
    kept.update({key: event[key] for key in META if key in event})
    return kept


def template_of(record: logging.LogRecord) -> str | None:
    """The record's sentence with its gaps unfilled, if the file that wrote it holds that very text; else None."""
    words = record.msg.strip() if isinstance(record.msg, str) else ""
    return words if words in _texts(record.pathname) else None


def place_of(trace: TracebackType | None) -> str | None:
    """The last line of our own code on the way to an error, or the last line of all."""
    last = ours = None
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        last = f"{module}:{trace.tb_lineno}"
        if module.partition(".")[0] in OURS:
            ours = last
        trace = trace.tb_next
    return ours or last


def _name_the_error(event: Event, info: Any) -> None:
    """Of an exception keep its class and its place, never its words: they quote rows, parameters and addresses."""
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        event["error"] = type(info).__name__
        event["where"] = place_of(info.__traceback__) or HIDDEN


def _safe(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value) if isinstance(value, str | UUID) else HIDDEN
    return text if _WORD.fullmatch(text) else HIDDEN


@lru_cache(maxsize=200)
def _texts(path: str) -> frozenset[str]:
    """Every string that a source file holds word for word; those with something woven in are not among them."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in pieces)
    return frozenset(node.value.strip() for node in found if isinstance(node.value, str)) - {""}
