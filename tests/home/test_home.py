"""My work, in its first form: each hat finds what waits for it (screens: My work)."""

from __future__ import annotations

import pytest
from django.test import Client

from assessments.enums import AssessmentState
from foundation.accounts import services
from foundation.accounts.enums import Role
from foundation.partnership.queries import current_policy, left_to_confirm
from foundation.partnership.services import confirm_default, start_from_preset
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.cases.asking import statements
from tests.factories import actor_of, make_member, make_partnership, sign_in
from tests.markup import Markup, words
from tests.walks import Scene, make_assessment, make_case, make_scene


@pytest.fixture
def partnership(db: None) -> Partnership:
    return make_partnership()


@pytest.fixture
def scene(partnership: Partnership) -> Scene:
    with tenant_scope(partnership.pk):
        return make_scene()


def home(partnership: Partnership, user: object) -> str:
    answer = sign_in(Client(), user).get(f"/{partnership.slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AssessmentState.DRAFT, "Begin the Early Help Assessment"),
        (AssessmentState.IN_PROGRESS, "Finish the Early Help Assessment"),
        (AssessmentState.RETURNED, "returned the assessment with comments"),
        (AssessmentState.AGREED, "send the assessment for approval"),
    ],
)
def test_a_lead_finds_their_assessment_and_what_it_needs(
    partnership: Partnership, scene: Scene, at: AssessmentState, said: str
) -> None:
    """Screens, My work: one line each, with what it needs and where."""
    with tenant_scope(partnership.pk):
        assessment = make_assessment(scene, at=at)
    page = home(partnership, scene.user("lead"))
    assert "Abara family" in page
    assert said in page
    assert f"/assessments/{assessment.pk}/" in page


@pytest.mark.parametrize("at", [AssessmentState.SUBMITTED, AssessmentState.APPROVED])
def test_what_waits_for_somebody_else_is_not_on_the_list(
    partnership: Partnership, scene: Scene, at: AssessmentState
) -> None:
    """Screens, My work: only what needs this person; the case itself stands among their own, with nothing to do."""
    with tenant_scope(partnership.pk):
        make_assessment(scene, at=at)
    page = Markup.of(home(partnership, scene.user("lead")))
    assert "Nothing waits for you now" in page.text('section[aria-labelledby="waiting"]')
    (mine,) = page.all('section[aria-labelledby="cases"] .eh-waiting__item')
    assert "Abara family" in words(mine)
    assert "9 years, 2 years" in words(mine)
    assert not [one for one in mine.iter("a") if one.get("role") == "button"]


def test_a_manager_finds_how_many_wait_for_approval(partnership: Partnership, scene: Scene) -> None:
    """EHA-5: of their own team; another team's manager finds none."""
    with tenant_scope(partnership.pk):
        make_assessment(scene, at=AssessmentState.SUBMITTED)
    assert "1 assessment</a>" in home(partnership, scene.user("manager"))
    assert "1 assessment" not in home(partnership, scene.user("other_manager"))


def test_a_screener_finds_the_queue(partnership: Partnership, scene: Scene) -> None:
    """INT-4: what waits, and the way to the oldest; practitioners find no queue."""
    assert "0 waiting" in home(partnership, scene.user("screener"))
    assert "being screened" not in home(partnership, scene.user("lead"))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home(partnership: Partnership, scene: Scene, role: Role) -> None:
    """Practice model §2: no role meets a dead end; none finds a family's name it may not see."""
    with tenant_scope(partnership.pk):
        make_assessment(scene)
        member = make_member(role=role, name="Robin Vale")
    page = home(partnership, member.user)
    assert "My work" in page
    assert "Abara" not in page


def test_an_administrator_finds_what_of_the_set_up_waits_for_them(partnership: Partnership) -> None:
    """Screens, My work: choose a policy, confirm its defaults, and then only the way in; others are told nothing."""
    with tenant_scope(partnership.pk):
        admin = make_member(role=Role.ADMINISTRATOR)
        auditor = make_member(role=Role.AUDITOR)
    waits = 'section[aria-labelledby="set-up"]'
    assert "No pathway policy has been chosen yet" in Markup.of(home(partnership, admin.user)).text(waits)
    with tenant_scope(partnership.pk):
        start_from_preset(by=actor_of(admin), preset="rotherham", version=0)
        left = left_to_confirm(current_policy(), partnership)
    told = Markup.of(home(partnership, admin.user)).text(waits)
    assert f"{left} defaults of the pathway policy wait for your word" in told
    with tenant_scope(partnership.pk):
        confirm_default(by=actor_of(admin), version=1)
    page = home(partnership, admin.user)
    assert "The pathway policy is confirmed." in Markup.of(page).text(waits)
    assert f'href="/{partnership.slug}/set-up/"' in page
    assert "nothing for your role" not in page
    assert not Markup.of(home(partnership, auditor.user)).all(waits)


def test_an_administrator_is_told_of_work_that_nobody_here_would_see(partnership: Partnership) -> None:
    """INT-4, a lost entry: without a screener enquiries wait unseen, without a manager assessments do; each role that
    somebody holds in an open agency ends its sentence, and a closed agency's begins it again.
    """
    with tenant_scope(partnership.pk):
        admin = make_member(role=Role.ADMINISTRATOR)
    screen, approve = "Nobody here can screen enquiries", "Nobody here can approve assessments"

    def told() -> str:
        return Markup.of(home(partnership, admin.user)).text('section[aria-labelledby="set-up"]')

    assert screen in told()
    assert approve in told()
    with tenant_scope(partnership.pk):
        hub = make_member(role=Role.SCREENER)
    assert screen not in told()
    with tenant_scope(partnership.pk):
        make_member(role=Role.MANAGER)
    assert approve not in told()
    with tenant_scope(partnership.pk):
        services.close_agency(by=actor_of(admin), agency_id=hub.agency_id)
    assert screen in told()
    assert approve not in told()


@pytest.mark.parametrize("rows", [1, 3])
def test_home_takes_the_same_queries_for_one_and_three(partnership: Partnership, scene: Scene, rows: int) -> None:
    """Lists: a literal number of statements, of a lead with work of each kind."""
    with tenant_scope(partnership.pk):
        for number in range(rows):
            make_case(scene, family_name=f"Family {number}")
    client = sign_in(Client(), scene.user("lead"))
    pages: list[str] = []
    asked = statements(lambda: pages.append(client.get(f"/{partnership.slug}/").content.decode()))
    assert pages[0].count("eh-waiting__item") == 2 * rows
    assert len(asked) == 14, "\n".join(asked)


def test_my_cases_are_one_line_each_with_the_next_step(partnership: Partnership, scene: Scene) -> None:
    """Screens, My work: family, children's ages, step on the path, one button that does it."""
    with tenant_scope(partnership.pk):
        assessment = make_assessment(scene, at=AssessmentState.RETURNED)
        reference = assessment.case.reference
    page = Markup.of(home(partnership, scene.user("lead")))
    (mine,) = page.all('section[aria-labelledby="cases"] .eh-waiting__item')
    said = words(mine)
    for told in ("Abara family", reference, "Children: 9 years, 2 years", "Assessment with the family"):
        assert told in said, told
    (button,) = [one for one in mine.iter("a") if one.get("role") == "button"]
    assert words(button) == "Write the assessment: Abara family"
    assert str(assessment.pk) in button.get("href", "")


def test_my_cases_are_those_i_lead(partnership: Partnership, scene: Scene) -> None:
    """Screens, My work: not a colleague's, though the agency sees it; what will stand here is said while none does."""
    with tenant_scope(partnership.pk):
        make_case(scene)
    page = Markup.of(home(partnership, scene.user("colleague")))
    told = page.text('section[aria-labelledby="cases"]')
    assert "You lead no case now" in told
    assert "Abara" not in told


def test_at_most_ten_with_the_way_to_all(partnership: Partnership, scene: Scene) -> None:
    """Screens, My work: five minutes between lessons: ten lines of each kind, the newest cases, and a link."""
    with tenant_scope(partnership.pk):
        for number in range(11):
            make_case(scene, family_name=f"Family {number}")
    page = Markup.of(home(partnership, scene.user("lead")))
    for section in ("waiting", "cases"):
        found = page.all(f'section[aria-labelledby="{section}"] .eh-waiting__item')
        assert len(found) == 10
        assert "All cases that you lead" in page.text(f'section[aria-labelledby="{section}"]')
    assert "Family 10" in words(page.all('section[aria-labelledby="cases"] .eh-waiting__item')[0])
    assert "Family 0 " not in page.text('section[aria-labelledby="cases"]')
