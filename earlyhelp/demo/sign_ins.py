"""The table of sign-ins that `manage.py demo` prints, at most 100 characters wide."""

from __future__ import annotations

import os
from collections.abc import Iterator

from earlyhelp.demo import places
from earlyhelp.demo.places import PASSWORD
from earlyhelp.demo.roles import EVERYONE, OPERATOR_EMAIL, OPERATOR_TRIES, TWO_HATS_EMAIL, TWO_HATS_TRIES, address_of


def web_address() -> str:
    """Where `make run` serves the pages."""
    return f"http://127.0.0.1:{os.environ.get('EARLYHELP_PORT', '8000')}/"


def lines() -> Iterator[str]:
    """The table, line by line: the address, the password, then each partnership's people and what they can try."""
    printed = [worker for worker in EVERYONE if worker.tries]
    known = places.load()
    width = max(len(address_of(worker.key, place.slug)) for worker in printed for place in known)
    yield f"The demonstration: invented people, at {web_address()}"
    yield f"Everyone signs in with the password {PASSWORD}"
    yield ""
    yield f"Partnerships, {web_address()}operator/"
    yield f"  {OPERATOR_EMAIL:<{width}}  {OPERATOR_TRIES}"
    for place in known:
        yield ""
        yield f"{place.name}, {web_address()}{place.slug}/"
        for worker in printed:
            yield f"  {address_of(worker.key, place.slug):<{width}}  {worker.tries}"
        if TWO_HATS_EMAIL.endswith(f"@{place.slug}.example"):
            yield f"  {TWO_HATS_EMAIL:<{width}}  {TWO_HATS_TRIES}"
