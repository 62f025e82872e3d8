"""What somebody, or an agency, must hand over before they leave (FAM-9). Rooms above add what they know of:

    from foundation.accounts import leaving
    leaving.add(queries.led_by)      # in AppConfig.ready(); fn(user_id, agency_id) -> list of sentences

A check is asked about a person in one agency, about a person everywhere (`agency_id` is None), or about a whole agency
(`user_id` is None). Each sentence says what holds them and what to do. Where nobody has added a check, nobody leaves:
a product put together wrongly must not lose a family.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Check = Callable[[int | None, UUID | None], list[str]]

NOBODY_KNOWS = "It cannot be told whether work is left behind, so nothing was changed. Tell whoever runs Early Help."

_checks: list[Check] = []


def add(check: Check) -> None:
    """Add a check; one that stands already is not added twice."""
    if check not in _checks:
        _checks.append(check)


def held_by(*, user_id: int | None = None, agency_id: UUID | None = None) -> list[str]:
    """Why they cannot leave yet, in sentences; none when nothing holds them."""
    if not _checks:
        return [NOBODY_KNOWS]
    return [sentence for check in _checks for sentence in check(user_id, agency_id)]
