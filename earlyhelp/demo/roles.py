"""Who works in every demonstration partnership, and what each of them can try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from foundation.accounts.enums import Role


@dataclass(frozen=True)
class Place:
    """One partnership as its file describes it."""

    data: dict[str, Any]

    @property
    def slug(self) -> str:
        """The first part of its addresses."""
        return str(self.data["slug"])

    @property
    def families(self) -> int:
        """How many it has, unless the command says otherwise."""
        return int(self.data["families"])

    def story_of(self, count: int) -> int:
        """Which of its plan's two stories the family of this number (from 0) lives through here: 0 or 1."""
        turns = str(self.data["stories"])
        return int(turns[count % len(turns)])


@dataclass(frozen=True)
class Worker:
    """One seat: the key is the first part of the e-mail address. `tries` is empty for those not printed."""

    key: str
    role: Role
    agency: str
    job: str
    team: str = ""
    tries: str = ""


EVERYONE = (
    Worker(
        "practitioner", Role.PRACTITIONER, "early_help", "family support worker", "north",
        "Family support worker: leads cases, writes assessments",
    ),
    Worker("screener", Role.SCREENER, "early_help", "screener", "hub", "Hub screener: takes enquiries, decides them"),
    Worker(
        "hubmanager", Role.HUB_MANAGER, "early_help", "hub manager", "hub",
        "Hub manager: takes over, records withdrawn consent",
    ),
    Worker(
        "manager", Role.MANAGER, "early_help", "team manager", "north", "Team manager: approves or returns assessments"
    ),
    Worker(
        "socialworker", Role.SOCIAL_WORKER, "social_care", "social worker", "",
        "Social worker: no case is open to them without a step up",
    ),
    Worker("auditor", Role.AUDITOR, "early_help", "quality auditor", "", "Quality auditor: no case without a sample"),
    Worker(
        "analyst", Role.ANALYST, "early_help", "performance analyst", "", "Performance analyst: never sees a name"
    ),
    Worker(
        "admin", Role.ADMINISTRATOR, "early_help", "administrator", "",
        "Partnership administrator: no case by this role",
    ),
    Worker(
        "pastoral", Role.PRACTITIONER, "primary", "pastoral lead", "", "School pastoral lead: makes enquiries, writes"
    ),
    Worker(
        "healthvisitor", Role.PRACTITIONER, "health", "health visitor", "",
        "Health visitor: makes enquiries, sees what consent opens",
    ),
    Worker(
        "safeguarding", Role.SAFEGUARDING_LEAD, "primary", "designated safeguarding lead", "",
        "School safeguarding lead: sees all that the school sent",
    ),
    Worker("colleague", Role.PRACTITIONER, "early_help", "family support worker", "south"),
    Worker("screener2", Role.SCREENER, "early_help", "screener", "hub"),
    Worker("manager2", Role.MANAGER, "early_help", "team manager", "south"),
    Worker("headofyear", Role.PRACTITIONER, "secondary", "head of year"),
    Worker("housing", Role.PRACTITIONER, "housing", "tenancy support officer"),
    Worker("charity", Role.PRACTITIONER, "charity", "family project worker"),
    Worker("police", Role.PRACTITIONER, "police", "neighbourhood police constable"),
)  # fmt: skip

OPERATOR_EMAIL = "operator@early-help.example"
OPERATOR_NAME = "Ingrid Vance"
OPERATOR_TRIES = "Operator: makes partnerships from presets"
TWO_HATS_EMAIL = "twohats@rotherham.example"
TWO_HATS_NAME = "Beatriz Fonseca"
TWO_HATS_TRIES = "Play therapist: changes between school, charity and areas"
SLUGS = ("derby", "derbyshire", "devon", "rotherham", "tower-hamlets")
_THERAPIST = Worker("twohats", Role.PRACTITIONER, "charity", "play therapist")
TWO_HATS = dict.fromkeys(SLUGS, (_THERAPIST,)) | {
    "rotherham": (_THERAPIST, Worker("twohats_school", Role.PRACTITIONER, "primary", "play therapist")),
}


def address_of(key: str, slug: str) -> str:
    """The e-mail address by which a worker of a partnership signs in."""
    return f"{key}@{slug}.example"
