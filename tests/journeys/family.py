"""One family's path from an enquiry to a withdrawn consent, step by step, each at the desk of whoever takes it."""

from __future__ import annotations

import re
import subprocess

from playwright.sync_api import expect

from foundation.common import clock
from tests.journeys.desk import Desk, fill_in
from tests.journeys.town import AGENCIES, PEOPLE, Town

FAMILY, CHILD, BROTHER, MOTHER = "Trevanion", "Tegen", "José-Ömer", "Morwenna"
WORRY = "Tegen has missed eleven days of school since Easter and says that she stays to look after her mother."
OF_THE_FAMILY = (FAMILY, CHILD, MOTHER, "EH-")
MORNING = "Tegen gets her brother ready every morning and comes to school without breakfast."


def begin_an_enquiry(desk: Desk, town: Town, *, mistakes: bool = False) -> None:
    """From the start page to the family's name and first child; with `mistakes` each page is first sent empty."""
    desk.go(town.url("enquiries/new/"))
    desk.press("Start")
    if mistakes:
        desk.mend("Save and continue")
    desk.fill("Family name", FAMILY)
    desk.fill("Address (if you know it)", "4 Larkspur Row, Fernbank")
    desk.fill("Phone number (if you know it)", "01632 960 004")
    desk.press("Save and continue")
    if mistakes:
        assert desk.press("Save and continue") == 400
        desk.reads("There is a problem")


def add_a_person(desk: Desk, name: str, part: str, born: tuple[int, int, int] | None) -> None:
    desk.press(re.compile("^Add (a|another) person$"))
    desk.fill("Given name", name)
    desk.tick(part)
    desk.tick("Exact" if born else "Not known")
    if born:
        desk.date("Date of birth, or when the baby is expected", *born)
    desk.press("Save and continue")


def write_an_enquiry(desk: Desk, town: Town, *, mistakes: bool = False) -> str:
    """The whole enquiry, with consent that names three agencies; its reference (INT-1, INT-3)."""
    begin_an_enquiry(desk, town, mistakes=mistakes)
    year = clock.today().year
    add_a_person(desk, CHILD, "Child or young person", (14, 4, year - 9))
    add_a_person(desk, BROTHER, "Child or young person", (2, 11, year - 5))
    add_a_person(desk, MOTHER, "Mother", None)
    desk.press("Save and continue")
    if mistakes:
        desk.mend("Save and continue")
    desk.fill("What are you worried about?", WORRY)
    desk.fill("What is working well?", "She reads every day, and her aunt visits.")
    desk.tick("School attendance")
    desk.tick("A child who cares for someone")
    desk.press("Save and continue")
    if mistakes:
        desk.mend("Save and continue")
    record_consent(desk)
    desk.press("Save and continue")
    desk.reads(FAMILY, BROTHER, WORRY)
    desk.press("Send the enquiry")
    desk.sees("Enquiry sent")
    return desk.page.locator(".govuk-panel strong").inner_text()


def record_consent(desk: Desk) -> None:
    """Family support and the school may work, health may see; everyone is covered; nothing was ticked before."""
    assert desk.page.locator("main input:checked").count() == 0
    desk.tick("Yes")
    desk.fill("Who gave consent", f"{MOTHER} {FAMILY}, mother")
    desk.tick("Spoken, with a witness")
    desk.fill("If it was spoken: who heard it", "Ms Adeyemi")
    today = clock.today()
    desk.date("When they gave it", today.day, today.month, today.year)
    for name in (CHILD, BROTHER, MOTHER):
        desk.tick(f"{name} {FAMILY}")
    work = desk.group("Agencies that may see the case and work on it")
    desk.tick(AGENCIES["early_help"][0], work)
    desk.tick(AGENCIES["school"][0], work)
    desk.tick(AGENCIES["health"][0], desk.group("Agencies that may only see the case"))
    desk.tick("Who is in the family and how to reach them")
    desk.tick("School and learning")
    desk.page.get_by_label(re.compile("^I have given the family the privacy notice")).check()


def screen(desk: Desk, reference: str, *, mistakes: bool = False) -> None:
    """Take the oldest, see it whole, decide on an assessment with the lead: a case opens (INT-4, INT-7)."""
    desk.press("Take the oldest")
    desk.sees(f"Screening: {FAMILY}")
    desk.reads(reference, WORRY, BROTHER, f"{MOTHER} {FAMILY}, mother", "Ms Adeyemi", AGENCIES["health"][0])
    if mistakes:
        desk.mend("Record the decision")
    desk.tick("Early Help Assessment required")
    desk.tick("2: Targeted early help")
    lead, _role, agency = PEOPLE["lead"]
    desk.page.get_by_label("Lead professional").select_option(label=f"{lead} ({AGENCIES[agency][0]}, North locality)")
    desk.fill("Reason", "Attendance and caring: the family wants help in the mornings.")
    desk.press("Record the decision")
    desk.reads("A case has been opened", "What was decided")


def contact_the_family(desk: Desk, town: Town, *, mistakes: bool = False) -> None:
    """The lead sees by when contact is to be sought, rings, and records it: the clock is met (CLK-1, FAM-10)."""
    desk.go(town.url())
    desk.sees("My work")
    due = desk.page.get_by_role("region", name="Late and due soon")
    expect(due).to_contain_text("First contact sought, due")
    desk.press(re.compile(f"^Record contact.*{FAMILY}, First contact sought"), due)
    desk.sees("Record contact")
    if mistakes:
        desk.mend("Record contact")
    desk.tick("Reached them")
    desk.tick("Phone call")
    desk.fill("Anything to note?", "Her mother can be rung after nine.")
    desk.press("Record contact")
    desk.reads("The contact is recorded.", "Reached last on", "Her mother can be rung after nine.")
    desk.page.get_by_text("Other clocks of this case").click()
    expect(desk.page.locator("main details").filter(has_text="Other clocks")).to_contain_text("Met in time")
    desk.go(town.url())
    expect(desk.page.locator("main")).not_to_contain_text("First contact sought")


def write_the_assessment(desk: Desk, *, mistakes: bool = False) -> None:
    """Every section of the library's form, one after another, until the list says that all are completed (EHA-2)."""
    desk.follow(re.compile("^(Begin|Go on)"))
    total = desk.page.locator(".govuk-task-list__item").count()
    desk.follow("Safeguarding check")
    for number in range(1, total + 1):
        title = desk.page.get_by_role("heading", level=1).inner_text()
        if mistakes and number in (1, 3):
            desk.mend("Save and continue")
        fill_in(desk.page.locator("main form"), f"{title}: {MORNING}")
        desk.press("Save and continue")
    desk.sees("Early Help Assessment")
    desk.reads(f"{total} of {total} sections completed")


def agree_and_send(desk: Desk, *, mistakes: bool = False) -> None:
    """The family's agreement in its own words, then to the manager (EHA-2, EHA-5)."""
    desk.press("Check it and record the family’s agreement")
    desk.reads(MORNING)
    if mistakes:
        desk.mend("Record the family’s agreement")
    desk.fill("Who in the family has read it, or had it read to them, and agrees?", f"{MOTHER} {FAMILY}")
    desk.fill("What do they say about it?", "It is fair, and we want calmer mornings.")
    desk.press("Record the family’s agreement")
    desk.press("Send for approval")
    desk.reads("It cannot be changed while it waits")


def return_it(desk: Desk, town: Town, *, mistakes: bool = False) -> None:
    """The manager comments on one section and sends it back (EHA-5)."""
    desk.go(town.url())
    desk.follow("1 assessment")
    desk.follow(re.compile(FAMILY))
    if mistakes:
        assert desk.press("Return with comments") == 400
        desk.reads("There is a problem")
    desk.page.get_by_text("Comment on “Strengths”", exact=True).click()
    desk.fill("Your comment on “Strengths”", "Say what the aunt does.")
    desk.press("Return with comments")
    desk.reads("is returned with your comments", "Nothing waits for you")


def mend_it(desk: Desk, town: Town) -> None:
    """The lead finds the comment, answers it, asks the family again and sends it (EHA-5)."""
    desk.go(town.url())
    desk.reads("Your manager returned the assessment with comments")
    desk.follow(re.compile("^See the comments"))
    desk.reads("Say what the aunt does.")
    desk.follow("Strengths", desk.page.get_by_role("region", name="Returned with comments"))
    desk.reads("Say what the aunt does.")
    desk.fill(
        "What is going well, for each person and for the family together?",
        "Her aunt takes both children to school on Mondays.",
    )
    desk.press("Save and continue")
    desk.follow("All sections")
    agree_and_send(desk)


def approve(desk: Desk, town: Town) -> None:
    """The manager sees what changed and approves (EHA-5)."""
    desk.go(town.url("assessments/waiting/"))
    desk.follow(re.compile(FAMILY))
    expect(desk.page.get_by_text("Changed since it was returned")).to_have_count(1)
    desk.fill("Your comment on the whole assessment", "Clear, and in the family’s words.")
    desk.press("Approve")
    desk.reads("is approved")


def make_a_pdf(desk: Desk) -> bytes:
    """Ask for it, wait on its page until it is made, download it (EHA-9); starts on the approved assessment."""
    desk.press("Make a PDF")
    ready = desk.page.get_by_role("link", name=re.compile("^Download"))
    if desk.script:
        ready.wait_for(timeout=60_000)
        desk.look(desk.page)
    else:
        again = desk.page.get_by_role("link", name="Check again")
        while not ready.is_visible():
            with desk.page.expect_navigation():
                again.click()
    with desk.page.expect_download() as download:
        ready.click()
    return download.value.path().read_bytes()


def words_of(pdf: bytes) -> str:
    """The text of a PDF in reading order."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def withdraw_for_health(desk: Desk, *, mistakes: bool = False) -> None:
    """The family tells the lead that health visiting should no longer see the case (CON-2); starts on the case."""
    desk.follow(re.compile("^Withdraw"))
    if mistakes:
        desk.mend("Continue")
    desk.tick("Only some of them")
    desk.tick(AGENCIES["health"][0])
    desk.fill("Who told you?", f"{MOTHER} {FAMILY}, by telephone")
    desk.press("Continue")
    desk.sees("Check what will close")
    desk.reads(f"{AGENCIES['health'][0]} can no longer see the case, its assessment or its documents")
    desk.press("Withdraw consent")
    desk.reads("Access has been closed")
