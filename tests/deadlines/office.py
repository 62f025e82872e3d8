"""What an administrator sends to the pages of clocks, as a browser would."""

from __future__ import annotations

from typing import Any

from tests.markup import Markup


def values_of(page: Markup) -> dict[str, str]:
    """Everything that the page's own form holds, as a browser without script sends it by its first button."""
    (form,) = [form for form in page.all("main form") if form.get("method") == "post"]
    sent: dict[str, str] = {}
    for field in form.iter("input"):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in {"submit", "button"} or (kind in {"radio", "checkbox"} and field.get("checked") is None):
            continue
        sent[name] = field.get("value") or ("on" if kind == "checkbox" else "")
    for area in form.iter("textarea"):
        sent[area.get("name", "")] = (area.text or "").strip("\n")
    for select in form.iter("select"):
        chosen = [one for one in select.iter("option") if one.get("selected") is not None]
        sent[select.get("name", "")] = (chosen[0].get("value") or "") if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def step(number: int, when: str, length: Any = "", unit: str = "", to: str = "worker") -> dict[str, str]:
    """The boxes of one reminder."""
    return {
        f"steps-{number}-when": when,
        f"steps-{number}-length": str(length),
        f"steps-{number}-unit": unit,
        f"steps-{number}-to": to,
    }


def days(*found: tuple[str, str]) -> dict[str, str]:
    """The boxes of closure days: ("2026-12-29", "Christmas closure")."""
    sent = {"days-TOTAL_FORMS": str(len(found)), "days-INITIAL_FORMS": "0"}
    for number, (day, name) in enumerate(found):
        year, month, date = day.split("-")
        sent |= {
            f"days-{number}-day_day": date,
            f"days-{number}-day_month": month,
            f"days-{number}-day_year": year,
            f"days-{number}-name": name,
        }
    return sent
