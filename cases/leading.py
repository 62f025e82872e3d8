"""What leading a family's case means for whoever wants to leave (FAM-9)."""

from __future__ import annotations

from uuid import UUID

from cases.enums import CaseState
from cases.models import Case

COUNTED = 1_000


def cases_led(user_id: int | None, agency_id: UUID | None) -> list[str]:
    """How many open cases a person leads (for one agency or for any), or an agency does, and what to do about it."""
    led = Case.objects.filter(state=CaseState.OPEN)
    if user_id is not None:
        led = led.filter(lead_id=user_id)
    if agency_id is not None:
        led = led.filter(lead_agency_id=agency_id)
    count = led.order_by()[:COUNTED].count()
    if not count:
        return []
    how_many = f"{count:,} or more open cases" if count == COUNTED else f"{count} open case{'' if count == 1 else 's'}"
    who, to_whom = ("This agency", "agency") if user_id is None else ("This person", "colleague")
    return [f"{who} leads {how_many}. Hand {'it' if count == 1 else 'them'} over to another {to_whom} first."]
