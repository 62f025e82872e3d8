"""My work: what needs this person now, from every room that has something waiting, and their own cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.urls import reverse

from assessments import queries as assessments
from assessments.enums import AssessmentState
from assessments.policies import check_decides_at_all
from cases import clocks, looked
from cases import queries as cases
from cases.disclosure import of_many
from cases.models import Case
from cases.policies import check_can_look, check_manages
from cases.registries import NextStep, next_steps, path
from cases.words import children_of, where_on_path
from earlyhelp import due
from foundation.accounts import queries as accounts
from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.deadlines.words import ClockLine
from foundation.partnership import queries as set_up
from foundation.partnership.policies import check_can_change_settings
from foundation.ui.paging import bounded_count
from foundation.ui.templatetags.early_help import when
from foundation.ui.views import PageView
from intake import queries as intake
from intake.enums import SCREENERS
from intake.policies import check_can_screen, check_can_write

MOST = 10

TO_DO = {
    AssessmentState.DRAFT: ("Begin the Early Help Assessment with the family", "Begin"),
    AssessmentState.IN_PROGRESS: ("Finish the Early Help Assessment", "Go on"),
    AssessmentState.RETURNED: ("Your manager returned the assessment with comments", "See the comments"),
    AssessmentState.AGREED: ("The family agrees: send the assessment for approval", "Send it"),
}


# Without one of these roles in force, what others send stays unseen.
NEEDED = (
    (frozenset(SCREENERS), "Nobody here can screen enquiries: what is sent waits unseen. Invite a hub screener."),
    (frozenset({Role.MANAGER}), "Nobody here can approve assessments. Invite a team manager."),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: about what, in words, and the link that leads to it."""

    about: str
    words: str
    link: str
    url: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MyCase:
    """One of the actor's own cases: the family, its children's ages, where it is on the path, what to do next and by
    when.
    """

    family: str
    reference: str
    children: str
    stage: str
    step: NextStep | None
    url: str
    clock: ClockLine | None


class Home(PageView):
    """What needs me now?"""

    open_to_all_members = "each hat sees its own work; what it holds is found by each room's own query"
    template_name = "home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lists of this hat; a room is asked only by hats that have work in it."""
        actor = self.actor
        hub = check_can_screen.allows(by=actor)
        may_write, may_look = check_can_write.allows(by=actor), check_can_look.allows(by=actor)
        to_write = list(self.to_write(actor)) if may_look else []
        drafts = list(self.drafts(actor)) if may_write else []
        led = cases.my_cases(actor, MOST + 1) if may_look else []
        my_cases = list(self.my_cases(actor, led))
        partnership = cast(Any, self.request).partnership
        known = {case.pk: case.family.name for case in led}
        own, more_due = due.own(actor, partnership, known=known) if hub or may_look else ([], False)
        return super().get_context_data(
            due=own,
            more_due=more_due,
            team=due.of_team(actor, partnership),
            queue=intake.queue_counts(actor) if hub else None,
            untold=intake.senders_not_told(actor) if hub else None,
            oldest=intake.oldest_waiting(actor).first() if hub else None,
            decides=check_decides_at_all.allows(by=actor),
            to_approve=bounded_count(assessments.waiting_for_approval(actor)),
            set_up=self.set_up(actor),
            manages=check_manages.allows(by=actor),
            unusual=bounded_count(looked.waiting_looks(actor)),
            to_write=to_write[:MOST],
            more_to_write=len(to_write) > MOST,
            drafts=drafts[:MOST],
            more_drafts=len(drafts) > MOST,
            my_cases=my_cases[:MOST],
            more_cases=len(my_cases) > MOST,
            may_write=may_write,
            may_look=may_look,
            **kwargs,
        )

    def set_up(self, actor: Actor) -> dict[str, Any] | None:
        """What waits for a partnership administrator: a policy that nobody chose, defaults that nobody confirmed, and
        work that would wait for ever because nobody here has the role that does it.
        """
        if not check_can_change_settings.allows(by=actor):
            return None
        row = set_up.newest()
        partnership = cast(Any, self.request).partnership
        left = set_up.left_to_confirm(set_up.policy_from(row), partnership) if row else 0
        held = accounts.roles_in_force()
        missing = [said for roles, said in NEEDED if not held & roles]
        return {"chosen": row is not None, "left": left, "missing": missing}

    def to_write(self, actor: Actor) -> Iterator[Waiting]:
        """The actor's own assessments that wait for them."""
        for assessment in assessments.to_write(actor)[: MOST + 1]:
            words, link = TO_DO[AssessmentState(assessment.state)]
            url = self.url("assessments:detail", assessment_id=assessment.pk)
            yield Waiting(assessment.case.family.name, words, link, url, assessment.case.reference)

    def drafts(self, actor: Actor) -> Iterator[Waiting]:
        """Enquiries that the actor has begun and not sent."""
        for draft in intake.drafts(actor)[: MOST + 1]:
            family = draft.pages.get("family", {}).get("family_name") or "No name yet"
            words = f"Enquiry not sent yet, saved {when(draft.saved_at)}"
            yield Waiting(family, words, "Go on writing", self.url("intake:draft", draft_id=draft.pk))

    def my_cases(self, actor: Actor, led: list[Case]) -> Iterator[MyCase]:
        """The open cases that the actor leads, whose clock runs out soonest first; the database is asked as often for
        ten as for one.
        """
        partnership = cast(Any, self.request).partnership
        for case in led:
            case.partnership = partnership  # known already: links are made of its slug
        lines = clocks.next_lines(led, partnership)
        known, stages, steps = of_many(actor, led), path.of_many(led), next_steps.of_many(actor, led)
        for case in led:
            yield MyCase(
                family=case.family.name,
                reference=case.reference,
                children=children_of(known[case.pk]),
                stage=where_on_path(stages[case.pk]),
                step=steps.get(case.pk),
                url=self.url("cases:detail", case_id=case.pk),
                clock=lines[case.pk],
            )

    def url(self, name: str, **more: Any) -> str:
        """An address inside this partnership."""
        return reverse(name, kwargs={"partnership": cast(Any, self.request).partnership.slug, **more})
