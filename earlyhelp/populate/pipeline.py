"""COPY in a thread of its own: while PostgreSQL reads one batch, the next is made."""

from __future__ import annotations

import io
import queue
import threading
from typing import Any

from django.db import connections

from earlyhelp.populate.country import MAINTENANCE
from earlyhelp.populate.tables import ALL
from earlyhelp.populate.trail import Rows

WAITING = 2
"""Batches that may wait to be written; more would only fill memory."""


def empty_rows() -> Rows:
    """A batch without rows."""
    return {table.name: [] for table in ALL}


class Pipeline:
    """Writes batches as the maintenance role, each in a transaction of its own, in the order in which they come."""

    def __init__(self) -> None:
        self.written = 0
        self._batches: queue.Queue[Rows | None] = queue.Queue(WAITING)
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def put(self, rows: Rows) -> None:
        """Take a batch over and leave its lists empty; raises what went wrong with an earlier one."""
        self._raise()
        self._batches.put({name: list(kept) for name, kept in rows.items() if kept})
        for kept in rows.values():
            kept.clear()

    def close(self) -> None:
        """Wait until everything is written; raises what went wrong."""
        self._batches.put(None)
        self._thread.join()
        self._raise()

    def _raise(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def _work(self) -> None:
        connection = connections[MAINTENANCE]
        try:
            connection.ensure_connection()
            raw: Any = connection.connection
            with raw.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")
            raw.commit()
            while (batch := self._batches.get()) is not None:
                self._write(raw, batch)
        except BaseException as trouble:
            self._trouble = trouble
            while self._batches.get() is not None:  # let the maker go on to where it hears of it
                pass
        finally:
            connection.close()

    def _write(self, raw: Any, batch: Rows) -> None:
        autocommit, raw.autocommit = raw.autocommit, False
        with raw, raw.cursor() as cursor:
            for table in ALL:
                if rows := batch.get(table.name):
                    cursor.copy_expert(table.copy, io.StringIO(table.lines(rows)), 1 << 18)
                    self.written += len(rows)
        raw.autocommit = autocommit
