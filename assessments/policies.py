"""Who may do what with an assessment. What the state allows is the workflow's; this is about people."""

from __future__ import annotations

from assessments.enums import WRITABLE, AssessmentState
from assessments.models import Assessment
from cases import queries as cases
from cases.enums import WORKING_ROLES
from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_can_contribute(*, by: Actor, assessment: Assessment) -> None:
    """Consent lets the agency work on the case, and the role is one that does such work (CON-2)."""
    if not by.has(*WORKING_ROLES):
        raise NotAllowed("Your role reads assessments and does not write them.")
    if not cases.workable_by(by).filter(pk=assessment.case_id).exists():
        raise NotAllowed("Your agency may read this assessment but not write in it: consent names it for reading only.")


@policy
def check_can_write(*, by: Actor, assessment: Assessment) -> None:
    """Whoever contributes may write while the assessment stands open for writing (EHA-4)."""
    check_can_contribute(by=by, assessment=assessment)
    if assessment.state == AssessmentState.AGREED:
        raise NotAllowed("The family has agreed this assessment. Open it for more writing before you change it.")
    if assessment.state not in WRITABLE:
        raise NotAllowed("This assessment has been sent for approval, so it cannot be changed now.")


@policy
def check_is_author(*, by: Actor, assessment: Assessment) -> None:
    """The author, who leads it and still does such work here, brings it to the family and to the manager (EHA-5)."""
    if assessment.author_id != by.user_id or assessment.case.lead_agency_id != by.agency_id:
        raise NotAllowed(f"Only {assessment.author.full_name}, who leads this assessment, can do this.")
    check_can_contribute(by=by, assessment=assessment)


@policy
def check_decides_at_all(*, by: Actor) -> None:
    """The list of what waits for approval is for managers (practice model §2)."""
    if not by.has(Role.MANAGER):
        raise NotAllowed("Only team managers approve assessments. Ask your manager how yours is coming on.")


@policy
def check_can_decide(*, by: Actor, assessment: Assessment) -> None:
    """A manager of the lead's agency and team, who wrote no part of it (EHA-5)."""
    if not by.has(Role.MANAGER) or assessment.case.lead_agency_id != by.agency_id:
        raise NotAllowed("Only a team manager of the lead professional's agency can decide on this assessment.")
    if by.team_ids and assessment.case.team_id and assessment.case.team_id not in by.team_ids:
        raise NotAllowed("Another team's manager decides on this assessment.")
    # Their words may stand in it though somebody else saved the section last: its history knows.
    wrote = assessment.sections.filter(history__saved_by_id=by.user_id).exists()
    if wrote or by.user_id in {assessment.author_id, assessment.submitted_by_id}:
        raise NotAllowed("You cannot approve or return your own work. Ask another manager of your agency.")
