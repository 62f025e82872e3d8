"""Telling people, sending what says so, and what a person does with their inbox."""

from foundation.notifications.services.choosing import choose
from foundation.notifications.services.digests import ask_digests
from foundation.notifications.services.mailing import (
    LEASE,
    Claimed,
    Looked,
    ask_stale_again,
    claim,
    claim_looks,
    give_up_stale,
    hand_over,
    let_go,
    settle,
)
from foundation.notifications.services.reading import mark_all_read, mark_read
from foundation.notifications.services.telling import TOPIC, tell, tell_selected

__all__ = [
    "LEASE",
    "TOPIC",
    "Claimed",
    "Looked",
    "ask_digests",
    "ask_stale_again",
    "choose",
    "claim",
    "claim_looks",
    "give_up_stale",
    "hand_over",
    "let_go",
    "mark_all_read",
    "mark_read",
    "settle",
    "tell",
    "tell_selected",
]
