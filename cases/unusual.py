"""When a look at a family's record is unusual enough for the manager to ask about it (FAM-8). Rules alone, no rows."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from foundation.common.clock import LONDON

# The working day in London; outside it, and on Saturdays and Sundays, a look is after hours. Bank holidays count as
# working days until there is a calendar of them.
DAY_BEGINS, DAY_ENDS = dt.time(7), dt.time(20)
SATURDAY = 5

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_PARTICLES = frozenset(
    {
        "al",
        "bin",
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "ten",
        "ter",
        "van",
        "von",
    }
)
_SHORTEST = 2
# Names that very many people in England share, so that sharing one says little.
COMMON = frozenset(
    {
        "adams", "ahmed", "akhtar", "ali", "allen", "anderson", "bailey", "baker", "begum", "bell", "bennett", "brown",
        "butler", "campbell", "carter", "chapman", "clark", "clarke", "collins", "cook", "cooper", "cox", "davies",
        "davis", "edwards", "ellis", "evans", "foster", "fox", "graham", "gray", "green", "griffiths", "hall",
        "harris", "harrison", "hill", "hughes", "hunt", "hussain", "jackson", "james", "jenkins", "johnson", "jones",
        "kaur", "kelly", "khan", "king", "knight", "lee", "lewis", "lloyd", "marshall", "martin", "mason", "matthews",
        "miller", "mills", "mitchell", "mohamed", "moore", "morgan", "morris", "murphy", "murray", "owen", "palmer",
        "parker", "patel", "phillips", "powell", "price", "reynolds", "richards", "richardson", "roberts", "robinson",
        "rogers", "russell", "scott", "shah", "shaw", "simpson", "singh", "smith", "stevens", "stewart", "taylor",
        "thomas", "thompson", "turner", "walker", "walsh", "ward", "watson", "webb", "white", "wilkinson", "williams",
        "wilson", "wood", "wright", "young",
    }
)  # fmt: skip


def name_keys(family_name: str) -> frozenset[str]:
    """What a family name is compared by: whole and, if it has several parts, part by part.

    Capitals, accents, apostrophes, hyphens and spaces do not count, so that "O’Brien" is "OBRIEN" and "Ward-Diallo"
    meets both "Ward" and "Diallo". Particles such as "de" and parts of one letter are no part by themselves.
    """
    plain = unicodedata.normalize("NFKD", family_name.translate(_APOSTROPHES)).casefold()
    parts = [part for part in re.split(r"[^\w]+|_+", "".join(c for c in plain if not unicodedata.combining(c))) if part]
    alone = [part for part in parts if len(part) >= _SHORTEST and part not in _PARTICLES]
    return frozenset([*alone, "".join(parts)] if alone else [])


def surname_of(full_name: str) -> str:
    """The last word of a person's name, with its hyphens."""
    return full_name.split()[-1] if full_name.split() else ""


def shared_names(full_name: str, family_names: Iterable[str]) -> frozenset[str]:
    """The keys that a person's surname has in common with the names of a family."""
    return name_keys(surname_of(full_name)) & frozenset[str]().union(*map(name_keys, family_names))


def is_common(shared: frozenset[str]) -> bool:
    """Whether every name that is shared is one that very many people have."""
    return shared <= COMMON


def is_after_hours(at: dt.datetime) -> bool:
    """Whether a moment (aware) is outside the working day in London."""
    local = at.astimezone(LONDON)
    return local.weekday() >= SATURDAY or not DAY_BEGINS <= local.time() < DAY_ENDS
