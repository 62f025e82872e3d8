"""Who may see and do what at each address, written from the requirements and not from the product's own queries.

Sources: practice model §2 (roles), CON-2 (consent opens and closes), EHA-5 and EHA-9 (deciding, leaving out), INT-4
(the queue is the hub's), ACC-6 (across the wall, missing and forbidden look the same). Where the first form of the
product is narrower than a role will be (coordinators on any EHA, auditors' samples, social workers' transitions), the
narrower answer stands here: whoever widens it changes this table first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.common import clock
from tests.intake import answers
from tests.intake.browsing import dated
from tests.partnership.files import made_up_configuration
from tests.trust.canaries import Fact
from tests.trust.world import Target, far_working_day

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REFUSED = frozenset({403, 404})

EVERY_ROLE = frozenset(
    {
        "practitioner", "screener", "hub_manager", "manager", "coordinator", "safeguarding_lead", "business_support",
        "social_worker", "auditor", "analyst", "administrator",
    }
)  # fmt: skip
HUB = frozenset({"screener", "hub_manager"})
WORKS = frozenset({"practitioner", "manager", "coordinator", "safeguarding_lead"})
SEES = WORKS | HUB
LEADS = frozenset({"practitioner"})  # the practitioner of the viewers' agency leads, and so is the author
SCREENER = frozenset({"screener"})
MANAGER = frozenset({"manager"})
ADMINISTRATOR = frozenset({"administrator"})
OVERSEES = frozenset({"manager", "safeguarding_lead"})  # of what their own agency has sent

OPEN = frozenset({"own", "see", "work"})
OPEN_FOR_WORK = frozenset({"own", "work"})
OWN = frozenset({"own"})
ALL_CASES = frozenset({"own", "see", "work", "never", "revoked"})
WAITING = frozenset({"own", "agency", "other"})
ALL_ENQUIRIES = WAITING | {"taken", "decided"}

# How a thing may stand to a viewer. "foreign_here": another partnership's id under one's own address; "foreign_there":
# under its own; "nowhere": a partnership that is not; "missing": an id that is nobody's.
ACROSS = ("foreign_here", "foreign_there", "nowhere", "missing")
OWNERSHIPS: Mapping[str, tuple[str, ...]] = {
    "case": ("own", "see", "work", "never", "revoked", *ACROSS),
    "document": ("own", "see", "work", "never", "revoked", "lent", *ACROSS),
    "enquiry": ("own", "agency", "decided", "other", "taken", *ACROSS),
    "draft": ("own", "agency", "other", *ACROSS),
    "office": ("own", *ACROSS),
    "filter": ("own", "other", *ACROSS),
    "look": ("own", "other", *ACROSS),
    "message": ("own", "other", *ACROSS),
    "list": ("here", "foreign_there", "nowhere"),
}


def may_know(role: str, fact: Fact) -> bool:
    """Whether somebody in this role of the viewers' agency may be told a fact, on whatever page."""
    if fact.partnership != "north":
        return False
    if fact.about in {"filter", "look", "message"}:
        return fact.ownership == "own" and role == fact.sender
    if fact.about == "office":
        return role in ADMINISTRATOR
    if fact.about == "draft":
        return fact.ownership == "own" and fact.sender == role and role in WORKS
    if fact.about == "enquiry":
        of_the_agency = fact.ownership in {"own", "agency"}
        return role in HUB or (role in OVERSEES and of_the_agency) or (role in WORKS and fact.sender == role)
    if role == "hub_manager" and fact.part in {"consent", "reference"}:
        return True  # a family can take its consent back with the hub's manager, whoever works with them
    where = {"where": OPEN_FOR_WORK, "uncovered": OWN}  # what the consent for reading leaves out, and whom none covers
    return role in SEES and fact.ownership in where.get(fact.part, OPEN)


@dataclass(frozen=True)
class Rule:
    """What an address answers: the first grant that fits, else `refused`."""

    grants: tuple[tuple[frozenset[str], frozenset[str], frozenset[int]], ...]
    refused: int = 403
    role_first: bool = False

    def __call__(self, role: str, ownership: str) -> frozenset[int]:
        if ownership in {"foreign_there", "nowhere"}:
            return frozenset({404})
        if self.role_first and not any(role in roles for roles, _, _ in self.grants):
            return frozenset({403})
        if ownership in {"foreign_here", "missing"}:
            return frozenset({404})
        found = (statuses for roles, ownerships, statuses in self.grants if role in roles and ownership in ownerships)
        return next(found, frozenset({self.refused}))


def let(roles: frozenset[str], ownerships: frozenset[str], *statuses: int) -> tuple[Any, ...]:
    """One line of a rule."""
    return roles, ownerships, frozenset(statuses)


def rule(*grants: tuple[Any, ...], refused: int = 403, role_first: bool = False) -> Rule:
    return Rule(grants, refused, role_first)


Body = Callable[[Target], Mapping[str, Any]]


def nothing(target: Target) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address: what it is about, its rules, a post that would succeed, and the part that it shows."""

    about: str
    read: Rule | None = None
    write: Rule | None = None
    stage: str = "writing"
    body: Body = nothing
    shows: str = ""
    keeps_no_trail: str = ""  # why what is kept here is nobody's record
    reference_only: bool = False  # what is shown is a reference, which tells nothing of a family
    reading_notes: frozenset[str] = frozenset()  # what reading notes besides that it was read

    @property
    def offers(self) -> frozenset[str]:
        """The methods that do something here."""
        return frozenset({"GET", "HEAD"} if self.read else ()) | frozenset({"POST"} if self.write else ())

    def expected(self, method: str, role: str, ownership: str) -> frozenset[int]:
        """The statuses that are right; a method that is not offered is 405, or refused as the offered one is."""
        offered = self.write if method == "POST" else self.read if method in {"GET", "HEAD"} else None
        if offered is not None:
            return offered(role, ownership)
        standing = self.read or self.write
        assert standing is not None, "an address that offers nothing"
        base = standing(role, ownership)
        return (base if base <= REFUSED else frozenset()) | {405}


@dataclass(frozen=True)
class Outside:
    """An address outside every partnership: never a fact, never a 5xx; what it may answer to a plain GET."""

    get: frozenset[int]


def listed(roles: frozenset[str], *statuses: int) -> Rule:
    return rule(let(roles, frozenset({"here"}), *statuses))


def hub(*grants: tuple[Any, ...]) -> Rule:
    return rule(*grants, role_first=True)


def office(*statuses: int) -> Rule:
    """What the partnership's administrator does with agencies, people and invitations, and nobody else."""
    return rule(let(ADMINISTRATOR, OWN, *statuses), role_first=True)


def own_draft(*statuses: int) -> Rule:
    return rule(let(WORKS, OWN, *statuses), refused=404, role_first=True)


def own_filter(*statuses: int) -> Rule:
    return rule(let(SEES, OWN, *statuses), refused=404, role_first=True)


def own_look(*statuses: int) -> Rule:
    """Unusual looks at families' records: the manager's of the agency that leads (FAM-8)."""
    return rule(let(MANAGER, OWN, *statuses), refused=404, role_first=True)


def own_message(*statuses: int) -> Rule:
    """What a person was told is theirs alone, whatever their role."""
    return rule(let(EVERY_ROLE, OWN, *statuses), refused=404)


def section(target: Target) -> Mapping[str, Any]:
    return {"revision": target.given["revision"], "answer-why": "Mornings are calmer now."}


def further_consent(target: Target) -> Mapping[str, Any]:
    said = {
        "given_by": "Somebody, mother",
        "people": target.given["people"],
        "information": ["education"],
        "how": "spoken",
    }
    return dated({**said, "witness": "A witness", "given_on": clock.today().isoformat()}) | {
        "agencies": target.given.get("agencies", [])
    }


def clock_of_case(*statuses: int) -> Rule:
    """Who works on a case asks for more time; who only sees it is refused; for others none is."""
    return rule(let(WORKS, OPEN_FOR_WORK, *statuses), let(SEES, OPEN, 403), refused=404)


def asked_of_a_clock() -> Rule:
    """The same where it is sent: the viewers' agency has one manager, so that nobody could answer what they ask for a
    clock of their own agency's, and the page says so (CLK-3).
    """
    return rule(let(MANAGER, OWN, 400), let(WORKS, OPEN_FOR_WORK, 302), let(SEES, OPEN, 403), refused=404)


def own_clock(*statuses: int) -> Rule:
    """A clock is paused by the agency whose it is, which leads the case; others who see it are refused (CLK-4)."""
    return rule(let(WORKS, OWN, *statuses), let(SEES, OPEN, 403), refused=404)


def more_time(target: Target) -> Mapping[str, Any]:
    """Until a day in ten weeks; `dated` knows only names that end in "_on"."""
    until = far_working_day()
    boxes = {"until_day": str(until.day), "until_month": str(until.month), "until_year": str(until.year)}
    return {**boxes, "reason": "The family asked for it."}


def contact(target: Target) -> Mapping[str, Any]:
    """A call just now."""
    now = target.given.get("turned_to", clock.now()).astimezone(clock.LONDON)
    said = {"on_day": now.day, "on_month": now.month, "on_year": now.year, "at": f"{now:%H:%M}"}
    return {**said, "how": "phone", "result": "attempted"}


def page_of_draft(page: str) -> Body:
    return lambda target: dated(target.given.get(page) or getattr(answers, "mother")())  # noqa: B009


PERSON = page_of_draft("person")
SENT = rule(
    let(HUB, ALL_ENQUIRIES, 200), let(OVERSEES, frozenset({"own", "agency", "decided"}), 200), let(WORKS, OWN, 200),
    refused=404,
)  # fmt: skip
OPEN_SENT = rule(*(let(roles, ownerships, 302) for roles, ownerships, _ in SENT.grants), refused=404)
SEE_CASE = rule(let(SEES, OPEN, 200))
SEE_DOCUMENT = rule(let(SEES, OPEN, 200), refused=404)
OWN_DOCUMENT = rule(let(LEADS, OPEN, 302), let(SEES, OPEN, 403), refused=404)
WITHDRAW = {"whom": "all", "told_by": "Somebody, by telephone", "confirmed": "yes"}
AGENCY = {"name": "Another agency", "kind": "charity"}
WORDS = {
    "revision": "1", "name": "Changed", "colour": "#00625f", "front_door": "Front Door", "social_care_door": "MASH",
    "lead_title": "lead", "adviser_title": "adviser", "emergency_wording": "Call 999.", "privacy_notice": "2",
    **{f"level_{number}": f"Level {number}" for number in range(5)},
}  # fmt: skip
CONFIGURATION = {"revision": "1", "version": "1", "content": made_up_configuration()}
CLOSURE = {
    "revision": "1", "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0", "days-0-day_day": "29",
    "days-0-day_month": "12", "days-0-day_year": "2026", "days-0-name": "Christmas closure",
}  # fmt: skip
# What an address names that is no id of anybody's.
FIXED: Mapping[str, Mapping[str, str]] = {
    "deadlines_policy:clock": {"kind": "review"},
    "deadlines_policy:example": {"kind": "review"},
}
DECISION = {"decision": "no_further_action", "level": "1", "reason": "Support is in place."}

MATRIX: Mapping[str, Row | Outside] = {
    "start": Outside(frozenset({302})),
    "live": Outside(frozenset({200})),
    "ready": Outside(frozenset({200, 503})),
    "hats": Outside(frozenset({200, 302})),
    "account_invitation": Outside(frozenset({404})),
    "account": Outside(frozenset({200, 302})),
    "account_home": Outside(frozenset({200, 302})),
    "account_session": Outside(frozenset({200})),
    "account_session_end": Outside(frozenset({405})),
    "account_kept_discard": Outside(frozenset({302, 405})),
    "account_login": Outside(frozenset({200, 302})),
    "account_logout": Outside(frozenset({200, 302})),
    "account_reauthenticate": Outside(frozenset({200, 302})),
    "account_change_password": Outside(frozenset({200, 302})),
    "account_reset_password": Outside(frozenset({200, 302})),
    "account_reset_password_done": Outside(frozenset({200, 302})),
    "account_reset_password_from_key": Outside(frozenset({200, 302})),
    "account_reset_password_from_key_done": Outside(frozenset({200, 302})),
    "mfa_index": Outside(frozenset({200, 302})),
    "mfa_authenticate": Outside(frozenset({200, 302})),
    "mfa_reauthenticate": Outside(frozenset({200, 302})),
    "mfa_set_up": Outside(frozenset({200, 302})),
    "mfa_add_webauthn": Outside(frozenset({200, 302})),
    "mfa_edit_webauthn": Outside(frozenset({302, 404})),
    "mfa_remove_webauthn": Outside(frozenset({302, 404})),
    "mfa_activate_totp": Outside(frozenset({200, 302})),
    "mfa_deactivate_totp": Outside(frozenset({200, 302, 404})),
    "mfa_view_recovery_codes": Outside(frozenset({200, 302, 404})),
    "mfa_generate_recovery_codes": Outside(frozenset({200, 302, 404})),
    "mfa_download_recovery_codes": Outside(frozenset({200, 302, 404})),
    "operator": Outside(frozenset({302, 404})),
    "operator_new": Outside(frozenset({302, 404})),
    "operator_partnership": Outside(frozenset({302, 404})),
    "set_up": Outside(frozenset({404})),
    "home": Row("list", listed(EVERY_ROLE, 200)),
    "partnership:home": Row("list", listed(ADMINISTRATOR, 200)),
    "partnership:words": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302, 400), body=lambda target: WORDS
    ),
    "partnership:signing_in": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302, 400),
        body=lambda target: {"revision": "1", "idle_minutes": "20", "session_hours": "8", "second_factor": "no"},
    ),
    "partnership:changes": Row("list", listed(ADMINISTRATOR, 200)),
    "partnership:pathway": Row("list", listed(ADMINISTRATOR, 200)),
    "partnership:pathway_confirm": Row(
        "list", None, listed(ADMINISTRATOR, 302), body=lambda target: {"version": "1", "key": "review"}
    ),
    "partnership:pathway_start": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 409), body=lambda target: {"preset": "devon"}
    ),
    "partnership:pathway_version": Row("office", office(200)),
    "partnership:configuration": Row("list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 400)),
    "partnership:configuration_take": Row("list", None, listed(ADMINISTRATOR, 302), body=lambda target: CONFIGURATION),
    "partnership:configuration_file": Row("list", listed(ADMINISTRATOR, 200)),
    "deadlines_policy:clocks": Row("list", listed(ADMINISTRATOR, 200)),
    "deadlines_policy:version": Row("office", office(200)),
    "deadlines_policy:days": Row("list", listed(ADMINISTRATOR, 200)),
    "deadlines_policy:hours": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302),
        body=lambda target: {"revision": "1", "opens": "8:30", "closes": "17:00"},
    ),
    "deadlines_policy:days_add": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302), body=lambda target: CLOSURE
    ),
    "deadlines_policy:days_remove": Row(
        "list", None, listed(ADMINISTRATOR, 404), body=lambda target: {"revision": "1", "day": "2026-12-29"}
    ),
    "deadlines_policy:pause_reasons": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302),
        body=lambda target: {"revision": "1", "reasons": "The family is abroad"},
    ),
    "deadlines_policy:clock": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302),
        body=lambda target: {"revision": "1", "limit": "no"},
    ),
    "deadlines_policy:example": Row("list", listed(ADMINISTRATOR, 200)),
    "cases:list": Row("list", listed(SEES, 200)),
    "cases:detail": Row("case", SEE_CASE, shows="family"),
    "cases:contact": Row(
        "case", rule(let(WORKS, OPEN_FOR_WORK, 200)), rule(let(WORKS, OPEN_FOR_WORK, 302)), body=contact, shows="family"
    ),
    "cases:contacts": Row("case", SEE_CASE, shows="family"),
    "cases:looks": Row("case", rule(let(MANAGER, OWN, 200)), shows="family"),
    "cases:filters": Row("list", listed(SEES, 200)),
    "cases:filter_new": Row("list", listed(SEES, 200), listed(SEES, 302), body=lambda target: {"name": "Kept"}),
    "cases:filter": Row(
        "filter", own_filter(200), own_filter(302), body=lambda target: {"name": "Renamed"}, shows="name"
    ),
    "cases:filter_delete": Row("filter", None, own_filter(302)),
    "cases:unusual": Row("list", listed(MANAGER, 200)),
    "cases:unusual_look": Row(
        "look", own_look(200), own_look(302), body=lambda target: {"note": "Asked, and found a reason."}, shows="family"
    ),
    "consent:record": Row("case", rule(let(WORKS, OWN, 200)), rule(let(WORKS, OWN, 302)), body=further_consent),
    "consent:withdraw": Row(
        "case",
        rule(let(WORKS, OWN, 200), let(frozenset({"hub_manager"}), ALL_CASES, 200)),
        rule(let(WORKS, OWN, 302), let(frozenset({"hub_manager"}), ALL_CASES, 302)),
        body=lambda target: WITHDRAW,
        shows="consent",
    ),
    "deadlines:late": Row("list", listed(frozenset({"manager", "hub_manager"}), 200)),
    "deadlines:detail": Row("case", rule(let(SEES, OPEN, 200), refused=404), shows="family"),
    "deadlines:ask": Row(
        "case", clock_of_case(200), asked_of_a_clock(), body=more_time, shows="family"
    ),
    "deadlines:pause": Row(
        "case", own_clock(200), own_clock(302), shows="family",
        body=lambda target: {"reason": "The family is away", "note": ""},
    ),
    "deadlines:resume": Row("case", None, own_clock(409)),
    "deadlines:answer": Row(
        "case",
        rule(let(MANAGER, OWN, 200), let(SEES, OPEN, 403), refused=404),
        rule(let(MANAGER, OWN, 302), let(SEES, OPEN, 403), refused=404),
        body=lambda target: {"decision": "grant", "answer": ""},
        shows="words",
    ),
    "deadlines:take_back": Row("case", None, rule(let(LEADS, OWN, 302), refused=404)),
    "notifications:inbox": Row("list", listed(EVERY_ROLE, 200)),
    "notifications:read_all": Row("list", None, listed(EVERY_ROLE, 302)),
    "notifications:choices": Row(
        "list", listed(EVERY_ROLE, 200), listed(EVERY_ROLE, 302), body=lambda target: {"mail": "daily"}
    ),
    "notifications:open": Row("message", own_message(302), reading_notes=frozenset({"notifications_message"})),
    "mail:not_arrived": Row("list", listed(ADMINISTRATOR, 200)),
    "people:agencies": Row("list", listed(ADMINISTRATOR, 200)),
    "people:agency_add": Row(
        "list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302), body=lambda target: AGENCY
    ),
    "people:agency": Row("office", office(200)),
    "people:agency_change": Row("office", office(200), office(302), body=lambda target: AGENCY),
    "people:agency_close": Row("office", office(200), office(302)),
    "people:agency_reopen": Row("office", None, office(302)),
    "people:team_add": Row("office", office(200), office(302), body=lambda target: {"name": "Evening team"}),
    "people:team_change": Row("office", office(200), office(302), body=lambda target: {"name": "Evening team"}),
    "people:people": Row("list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 302)),
    "people:person": Row("office", office(200)),
    "people:person_deactivate": Row("office", office(200), office(302)),
    "people:person_bring_back": Row("office", None, office(409)),
    "people:role_agency": Row("office", office(200), office(302), body=lambda target: target.given),
    "people:role_add": Row("office", office(200), office(302), body=lambda target: {"role": "auditor"}),
    "people:role_end": Row("office", office(200), office(302)),
    "people:invite": Row("list", listed(ADMINISTRATOR, 200), listed(ADMINISTRATOR, 400)),
    "people:invite_to": Row(
        "office", office(200), office(302),
        body=lambda target: {"full_name": "Somebody", "email": "somebody@new.example", "role": "practitioner"},
    ),
    "people:invitations": Row("list", listed(ADMINISTRATOR, 200)),
    "people:invitation_again": Row("office", None, office(302)),
    "people:invitation_withdraw": Row("office", None, office(302)),
    "assessments:waiting": Row("list", listed(MANAGER, 200)),
    "assessments:detail": Row("case", SEE_CASE, stage="returned", shows="family"),
    "assessments:section": Row(
        "case",
        rule(let(WORKS, OPEN_FOR_WORK, 200), let(SEES, OPEN, 302)),
        rule(let(WORKS, OPEN_FOR_WORK, 302)),
        body=section,
    ),
    "assessments:draft": Row(
        "case", None, rule(let(WORKS, OPEN_FOR_WORK, 200)), body=section,
        keeps_no_trail="what is saved while typing is in the row's history (decision 004)",
    ),
    "assessments:check": Row(
        "case", SEE_CASE, rule(let(LEADS, OWN, 302)), shows="words",
        body=lambda target: {"agreed_by": "Somebody", "family_views": "Fair."},
    ),
    "assessments:reopen": Row("case", None, rule(let(LEADS, OWN, 302)), stage="agreed"),
    "assessments:submit": Row("case", None, rule(let(LEADS, OWN, 302)), stage="agreed"),
    "assessments:read": Row("case", SEE_CASE, stage="approved", shows="words"),
    "assessments:pdf": Row("case", None, rule(let(SEES, OPEN, 302)), stage="approved"),
    "assessments:approve": Row(
        "case", rule(let(MANAGER, OWN, 200)), rule(let(MANAGER, OWN, 302)), stage="sent", shows="words",
        body=lambda target: {"decision": "approve", "overall": "Clear."},
    ),
    "documents:detail": Row("document", SEE_DOCUMENT, stage="approved", shows="document", reference_only=True),
    "documents:progress": Row("document", SEE_DOCUMENT, stage="approved"),
    "documents:download": Row("document", SEE_DOCUMENT, stage="approved", shows="words"),
    "documents:cancel": Row("document", None, OWN_DOCUMENT, stage="asked"),
    "documents:ask_again": Row("document", None, OWN_DOCUMENT, stage="asked"),
    "intake:mine": Row("list", listed(WORKS, 200)),
    "intake:start": Row("list", listed(WORKS, 200), listed(WORKS, 302)),
    "intake:draft": Row("draft", own_draft(302)),
    "intake:draft_family": Row("draft", own_draft(200), own_draft(302), body=page_of_draft("family"), shows="told"),
    "intake:draft_people": Row("draft", own_draft(200), own_draft(302), shows="told"),
    "intake:draft_person_add": Row("draft", own_draft(200), own_draft(302), body=PERSON),
    "intake:draft_person": Row("draft", own_draft(200), own_draft(302), body=PERSON, shows="told"),
    "intake:draft_person_remove": Row("draft", None, own_draft(302)),
    "intake:draft_story": Row("draft", own_draft(200), own_draft(302), body=page_of_draft("story"), shows="told"),
    "intake:draft_consent": Row("draft", own_draft(200), own_draft(302), body=page_of_draft("consent"), shows="told"),
    "intake:draft_check": Row("draft", own_draft(200), own_draft(302), shows="told"),
    "intake:draft_discard": Row("draft", None, own_draft(302)),
    "intake:open": Row("enquiry", OPEN_SENT),
    "intake:sent": Row("enquiry", SENT, shows="told"),
    "intake:confirmation": Row("enquiry", SENT, shows="told", reference_only=True),
    "intake:queue": Row("list", listed(HUB, 200)),
    "intake:take_oldest": Row("list", None, listed(HUB, 302)),
    "intake:enquiry": Row(
        "enquiry",
        hub(let(HUB, ALL_ENQUIRIES, 200)),
        hub(let(HUB, frozenset({"taken"}), 302), let(HUB, WAITING | {"decided"}, 409)),
        body=lambda target: DECISION,
        shows="told",
    ),
    "intake:take": Row(
        "enquiry",
        None,
        hub(let(HUB, WAITING, 302), let(SCREENER, frozenset({"taken"}), 302), let(HUB, ALL_ENQUIRIES, 409)),
    ),
    "intake:give_back": Row(
        "enquiry", None, hub(let(HUB, WAITING | {"taken"}, 302), let(HUB, frozenset({"decided"}), 409))
    ),
    "intake:letter": Row(
        "enquiry", None, hub(let(HUB, frozenset({"decided"}), 302), let(HUB, ALL_ENQUIRIES, 409)),
    ),
    "intake:record_told": Row(
        "enquiry",
        hub(let(HUB, frozenset({"decided"}), 200), let(HUB, ALL_ENQUIRIES, 409)),
        hub(let(HUB, frozenset({"decided"}), 302), let(HUB, ALL_ENQUIRIES, 409)),
        body=lambda target: dated({"how": "phone", "told_on": clock.today().isoformat()}),
    ),
}  # fmt: skip
