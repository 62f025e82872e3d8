"""The sign-ins that `manage.py demo` prints, at most 100 characters wide."""

from __future__ import annotations

import os
from collections.abc import Iterator

from earlyhelp.demo import places
from earlyhelp.demo.places import PASSWORD
from earlyhelp.demo.roles import EVERYONE, OPERATOR_EMAIL, OPERATOR_TRIES, TWO_HATS_EMAIL, TWO_HATS_TRIES, address_of
from foundation.partnership import presets

EXAMPLE = "rotherham"


def web_address() -> str:
    """Where `make run` serves the pages."""
    return f"http://127.0.0.1:{os.environ.get('EARLYHELP_PORT', '8000')}/"


def lines() -> Iterator[str]:
    """The address, the password, and how a sign-in is made of a role and a partnership, with what each role can try."""
    printed = [worker for worker in EVERYONE if worker.tries]
    known = places.load()
    width = max(len(one) for one in (OPERATOR_EMAIL, TWO_HATS_EMAIL, *(f"  {place.slug}" for place in known)))
    yield f"The demonstration: invented people, at {web_address()}"
    yield f"Everyone signs in with the password {PASSWORD}, as ROLE@PARTNERSHIP.example:"
    yield f"{address_of(printed[0].key, EXAMPLE)} is the family support worker of {presets.load(EXAMPLE).title}."
    yield ""
    yield "PARTNERSHIP is one of"
    for place in known:
        yield f"  {place.slug:<{width}}  {presets.load(place.slug).title}, {web_address()}{place.slug}/"
    yield ""
    yield "ROLE is one of"
    for worker in printed:
        yield f"  {worker.key:<{width}}  {worker.tries}"
    yield ""
    yield "Two more sign in with the same password"
    yield f"  {TWO_HATS_EMAIL:<{width}}  {TWO_HATS_TRIES}"
    yield f"  {OPERATOR_EMAIL:<{width}}  {OPERATOR_TRIES}, at /operator/"
