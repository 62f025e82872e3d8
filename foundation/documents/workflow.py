"""A document's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.common import clock
from foundation.documents.enums import DocumentState

# How far a document is, in hundredths, as the person who waits sees it.
TAKEN, GATHERED, RENDERED, CHECKED, KEPT = 5, 20, 60, 90, 100


class DocumentWorkflow(FSMModelMixin):
    """Asked → rendering → ready, failed or cancelled; a failed or cancelled one may be asked for again."""

    state: Any
    progress: int
    attempts: int
    leased_until: dt.datetime | None
    finished_at: dt.datetime | None
    failure: str

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.RENDERING)
    def begin(self, *, leased_until: dt.datetime) -> None:
        """A worker takes it, until its lease runs out; then another may."""
        self.leased_until = leased_until
        self.attempts += 1
        self.progress = TAKEN

    @transition("state", source=DocumentState.RENDERING, target=DocumentState.READY)
    def finish(self, *, file: str, sha256: str, size: int, view_key: str, unshown: int) -> None:
        """The file stands, with its hash, its size in bytes, and what its reader was allowed to see."""
        self.file, self.sha256, self.size = file, sha256, size
        self.view_key, self.unshown = view_key, unshown
        self.finished_at = clock.now()
        self.progress = KEPT
        self.leased_until = None

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.FAILED)
    def fail(self, *, failure: str) -> None:
        """It could not be made; `failure` is a sentence for the person who asked."""
        self.failure = failure
        self.leased_until = None

    @transition("state", source=DocumentState.READY, target=DocumentState.FAILED)
    def find_damaged(self, *, failure: str) -> None:
        """The kept file is missing, or is not the one that was kept."""
        self.failure = failure

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.CANCELLED)
    def cancel(self) -> None:
        """The person who asked no longer wants it."""
        self.leased_until = None

    @transition("state", source=[DocumentState.FAILED, DocumentState.CANCELLED], target=DocumentState.ASKED)
    def ask_again(self) -> None:
        """Once more from the start."""
        self.failure = self.file = self.sha256 = self.view_key = ""
        self.size = self.progress = self.attempts = 0
        self.finished_at = None
        self.asked_at = clock.now()
