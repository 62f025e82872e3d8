"""What may stand in a log line: ids, counts, timings, names of our own code (OPS-2). All else is dropped."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

SAFE_KEYS = frozenset(
    {
        "event", "level", "logger", "timestamp", "request_id", "code", "duration_ms", "method", "route",
        "partnership_id", "user_id", "agency_id", "subject_id", "document_id", "message_id", "topic", "attempt",
        "count", "task", "task_id", "parent_task_id", "error", "where", "state", "pid", "queue", "_record", "_from_structlog",
    }
)  # fmt: skip


def only_safe_keys(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not known to be free of personal data; of an exception keep only its class and place."""
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
        last = info[2]
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        if last is not None:
            event["where"] = f"{last.tb_frame.f_globals.get('__name__', '?')}:{last.tb_lineno}"
    return {key: value for key, value in event.items() if key in SAFE_KEYS}
