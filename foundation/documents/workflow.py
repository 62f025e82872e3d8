"""A document's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.common import clock
from foundation.documents.enums import DocumentState


class DocumentWorkflow(FSMModelMixin):
    """Asked → rendering → ready, failed or cancelled; a failed one may be asked again."""

    state: Any
    progress: int
    leased_until: dt.datetime | None
    failure: str

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.RENDERING)
    def begin(self, *, leased_until: dt.datetime) -> None:
        """A worker takes it, until its lease runs out."""
        self.leased_until = leased_until
        self.progress = 5

    @transition("state", source=DocumentState.RENDERING, target=DocumentState.READY)
    def finish(self, *, file: str, sha256: str, size: int) -> None:
        """The file stands, with its hash and its size in bytes."""
        self.file, self.sha256, self.size = file, sha256, size
        self.finished_at = clock.now()
        self.progress = 100
        self.leased_until = None

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.FAILED)
    def fail(self, *, failure: str) -> None:
        """It could not be made; `failure` is a sentence for the person who asked."""
        self.failure = failure
        self.leased_until = None

    @transition("state", source=[DocumentState.ASKED, DocumentState.RENDERING], target=DocumentState.CANCELLED)
    def cancel(self) -> None:
        """The person who asked no longer wants it."""
        self.leased_until = None

    @transition("state", source=[DocumentState.FAILED, DocumentState.CANCELLED], target=DocumentState.ASKED)
    def ask_again(self) -> None:
        """Once more from the start."""
        self.failure = ""
        self.progress = 0
