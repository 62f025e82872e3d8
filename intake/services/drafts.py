"""Writing an enquiry: each page is kept on the server as soon as it is right (INT-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from foundation.accounts import queries as accounts
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Invalid, NotThere
from intake import policies, queries, rules
from intake.models import EnquiryDraft


@transaction.atomic
def start_draft(*, by: Actor) -> EnquiryDraft:
    """An empty enquiry, which only its writer sees."""
    policies.check_can_write(by=by)
    now = clock.now()
    return EnquiryDraft.objects.create(writer_id=by.user_id, agency_id=by.agency_id, created_at=now, saved_at=now)


@transaction.atomic
def save_page(*, by: Actor, draft_id: UUID, page: str, answers: Mapping[str, Any]) -> EnquiryDraft:
    """Keep one page: "family", "story" or "consent". Raises Invalid by field, and then keeps nothing of it."""
    policies.check_can_write(by=by)
    draft = locked(by, draft_id)
    draft.pages[page] = cleaned(page, answers, draft.pages)
    return _keep(draft)


@transaction.atomic
def save_person(*, by: Actor, draft_id: UUID, key: str, answers: Mapping[str, Any]) -> EnquiryDraft:
    """Change the person who has this key, or add one where it is ""; Invalid by field, or if there are too many."""
    policies.check_can_write(by=by)
    draft = locked(by, draft_id)
    everyone = list(draft.pages.get("people", []))
    place = _place(everyone, key) if key else len(everyone)
    if place == rules.MOST_PEOPLE:
        raise Invalid(rules.TOO_MANY)
    person = rules.person({**answers, "key": key or uuid4().hex})
    if person["nhs_number"] and any(
        other["nhs_number"] == person["nhs_number"] for other in everyone if other["key"] != person["key"]
    ):
        raise Invalid({"nhs_number": "Someone else in this enquiry has the same NHS number. Check both."})
    everyone[place : place + 1] = [person]
    draft.pages["people"] = everyone
    return _keep(draft)


@transaction.atomic
def remove_person(*, by: Actor, draft_id: UUID, key: str) -> EnquiryDraft:
    """Take a person out again, and out of what the consent covers."""
    policies.check_can_write(by=by)
    draft = locked(by, draft_id)
    everyone = draft.pages.get("people", [])
    del everyone[_place(everyone, key)]
    if "consent" in draft.pages:
        draft.pages["consent"]["covers"] = [each for each in draft.pages["consent"]["covers"] if each != key]
    return _keep(draft)


@transaction.atomic
def discard_draft(*, by: Actor, draft_id: UUID) -> None:
    """Throw away what was not sent."""
    policies.check_can_write(by=by)
    locked(by, draft_id).delete()


def locked(by: Actor, draft_id: UUID) -> EnquiryDraft:
    """The writer's own draft, its row locked; NotThere for everyone else."""
    draft = queries.drafts(by).select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise NotThere()
    return draft


def cleaned(page: str, answers: Mapping[str, Any], pages: Mapping[str, Any]) -> dict[str, Any]:
    """One page's answers by its rule; the consent page needs to know the people and the agencies there are."""
    if page == "family":
        return rules.family(answers)
    if page == "story":
        return rules.story(answers)
    if page == "consent":
        return rules.consent(answers, people_keys=people_keys(pages), agency_ids=agency_ids())
    raise NotThere()


def people_keys(pages: Mapping[str, Any]) -> list[str]:
    """The keys of everyone named so far."""
    return [each["key"] for each in pages.get("people", [])]


def agency_ids() -> list[str]:
    """The agencies that a consent may name."""
    return [str(pk) for pk in accounts.agencies().values_list("pk", flat=True)]


def _place(everyone: Sequence[Mapping[str, Any]], key: str) -> int:
    for place, person in enumerate(everyone):
        if person["key"] == key:
            return place
    raise NotThere()


def _keep(draft: EnquiryDraft) -> EnquiryDraft:
    draft.saved_at = clock.now()
    draft.save(update_fields=["pages", "saved_at"])
    return draft
