"""The pages on which an enquiry is written, followed as a browser without script follows them."""

import re
import uuid

import pytest

from intake.models import Enquiry, EnquiryDraft
from tests.intake import answers
from tests.intake.browsing import Visitor, covers, dated, write
from tests.intake.places import make_place


@pytest.fixture
def teacher(site) -> Visitor:
    return Visitor(site, "teacher")


def text_of(response) -> str:
    return response.content.decode()


class TestJourney:
    def test_from_start_to_reference(self, teacher, site):
        """INT-1: every page, then the confirmation with its reference and what happens next."""
        draft_id = write(teacher)
        check = text_of(teacher.get("draft_check", draft_id=draft_id))
        for told in (
            "Quillfeather",
            "4 Larkspur Row",
            "29 February 2016",
            "943 476 5919",
            "School attendance",
            "Oriel",
        ):
            assert told in check
        sent = teacher.post("draft_check", draft_id=draft_id)
        page = text_of(teacher.client.get(sent.url))
        with site.scope():
            enquiry = Enquiry.objects.get()
        assert enquiry.reference in page
        assert "What happens next" in page
        assert "Quillfeather" not in page

    def test_emergency_wording_comes_first(self, teacher, site):
        """INT-10: before anything is asked, on the first page and on the consent's."""
        page = text_of(teacher.get("start"))
        assert page.index("call 999") < page.index("Before you start")
        assert "Ring MASH now" in page
        draft_id = write(teacher)
        assert "Ring MASH now" in text_of(teacher.get("draft_consent", draft_id=draft_id))

    def test_people_are_named_before_consent_is_asked(self, teacher):
        """CON-1: consent is about somebody."""
        draft_id = teacher.begin()
        assert teacher.get("draft_consent", draft_id=draft_id).url == teacher.url("draft_people", draft_id=draft_id)
        assert "Say who is in the family first" in text_of(teacher.get("draft_people", draft_id=draft_id))

    def test_one_can_leave_and_come_back(self, teacher):
        """INT-1: the link leads to the first page that is not written, with what was written kept."""
        draft_id = teacher.begin()
        teacher.post("draft_family", dated(answers.family()), draft_id=draft_id)
        assert "Quillfeather" in text_of(teacher.get("mine"))
        assert teacher.get("draft", draft_id=draft_id).url == teacher.url("draft_people", draft_id=draft_id)
        assert 'value="Quillfeather"' in text_of(teacher.get("draft_family", draft_id=draft_id))

    def test_changing_an_answer_leads_back_to_the_answers(self, teacher):
        """INT-1: check your answers."""
        draft_id = write(teacher)
        check = teacher.url("draft_check", draft_id=draft_id)
        assert f"{teacher.url('draft_family', draft_id=draft_id)}?then=check" in text_of(teacher.client.get(check))
        changed = teacher.post(
            "draft_family", dated(answers.family(address="9 Elm Court")), "?then=check", draft_id=draft_id
        )
        assert changed.url == check
        assert "9 Elm Court" in text_of(teacher.client.get(check))

    def test_an_errand_among_the_people_ends_at_the_answers(self, teacher):
        """INT-1: however many people are changed on the way."""
        draft_id = write(teacher)
        child = covers(teacher, draft_id)[0][0]
        errand, people = "?then=check", teacher.url("draft_people", draft_id=draft_id)
        page = text_of(teacher.get("draft_people", errand, draft_id=draft_id))
        assert f"{teacher.url('draft_person', draft_id=draft_id, key=child)}{errand}" in page
        changed = teacher.post("draft_person", dated(answers.child()), errand, draft_id=draft_id, key=child)
        assert changed.url == f"{people}{errand}"
        removed = teacher.post(
            "draft_person_remove", None, errand, draft_id=draft_id, key=covers(teacher, draft_id)[1][0]
        )
        assert removed.url == f"{people}{errand}"
        assert teacher.post("draft_people", None, errand, draft_id=draft_id).url.endswith("/check/")

    def test_a_persons_page_keeps_their_answers(self, teacher):
        """INT-1: change and remove, without script."""
        draft_id = write(teacher)
        child, mother = (key for key, _name in covers(teacher, draft_id))
        page = text_of(teacher.get("draft_person", draft_id=draft_id, key=child))
        assert 'value="Tamsin"' in page
        assert re.search(r'name="born_on_year"[^>]*value="2016"', page)
        teacher.post("draft_person", dated(answers.child(given_name="Tam")), draft_id=draft_id, key=child)
        teacher.post("draft_person_remove", draft_id=draft_id, key=mother)
        assert covers(teacher, draft_id) == [(child, "Tam Quillfeather")]

    def test_a_new_person_begins_with_the_familys_name(self, teacher):
        """INT-1: most share it."""
        draft_id = teacher.begin()
        teacher.post("draft_family", dated(answers.family()), draft_id=draft_id)
        assert 'value="Quillfeather"' in text_of(teacher.get("draft_person_add", draft_id=draft_id))

    def test_a_draft_is_deleted_by_its_button(self, teacher, site):
        """INT-1."""
        draft_id = write(teacher)
        assert teacher.post("draft_discard", draft_id=draft_id).url == teacher.url("mine")
        with site.scope():
            assert not EnquiryDraft.objects.exists()


class TestBadInput:
    def refused(self, response, *sentences) -> str:
        """Status 400, the title says Error, each sentence stands in the summary and beside its field."""
        page = text_of(response)
        assert response.status_code == 400
        assert "<title>Error: " in page
        for sentence in sentences:
            assert page.count(sentence) == 2, sentence
        return page

    def test_an_empty_form(self, teacher):
        """Bad input: each missing answer has its sentence."""
        draft_id = teacher.begin()
        self.refused(teacher.post("draft_family", draft_id=draft_id), "Enter the family&#x27;s name")
        self.refused(
            teacher.post("draft_person_add", draft_id=draft_id),
            "Choose who this person is in the family",
            "Enter the person&#x27;s family name",
        )
        self.refused(
            teacher.post("draft_story", draft_id=draft_id), "Say what you are worried about", "Choose at least one need"
        )
        self.refused(teacher.post("draft_consent", draft_id=draft_id), "Say whether the family has given consent")
        page = text_of(teacher.post("draft_people", draft_id=draft_id))
        assert "Add at least one child, young person or unborn baby" in page

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"born_on": "2099-01-01"}, "The date of birth must be today or in the past"),
            ({"born_on": "1881-01-01"}, "The date of birth is more than 120 years ago. Check the year."),
            ({"born_on": "2016-02-30"}, "The date must be a real date"),
            (
                {"part": "unborn", "born_kind": "expected", "born_on": "2099-01-01"},
                "The expected date must be within the next 10 months",
            ),
            ({"nhs_number": "943 476 5918"}, "Check the NHS number: one of its digits is wrong"),
            ({"nhs_number": "12345"}, "Check the NHS number: it has 10 digits"),
            ({"given_name": "Tam\u202esin"}, "The given name has a hidden character in it"),
            ({"given_name": "T" * 81}, "The given name must be 80 characters or fewer. It has 81."),
        ],
    )
    def test_a_person_who_cannot_be(self, teacher, change, sentence):
        """Bad input: beside its field, and what was typed is still there."""
        draft_id = teacher.begin()
        page = self.refused(
            teacher.post("draft_person_add", dated(answers.child(**change)), draft_id=draft_id), sentence
        )
        assert "Quillfeather" in page
        assert "Nobody is named yet" in text_of(teacher.get("draft_people", draft_id=draft_id))

    def test_a_two_megabyte_note(self, teacher, site):
        """Bad input: its sentence says how long it is; the other answers stay on the page, nothing is saved."""
        draft_id = teacher.begin()
        note = "Worry. " * 300_000
        page = self.refused(
            teacher.post("draft_story", dated(answers.story(worries=note)), draft_id=draft_id),
            "What you are worried about must be 10,000 characters or fewer. You have written 2,099,999.",
        )
        assert "A breakfast club place since January." in page
        with site.scope():
            assert EnquiryDraft.objects.get().pages == {}

    def test_no_consent(self, teacher, site):
        """INT-3: refused with why and what to do; nothing is kept as consent."""
        draft_id = teacher.begin()
        page = self.refused(
            teacher.post("draft_consent", {"given": "no"}, draft_id=draft_id),
            "A recorded override is not possible here yet.",
        )
        assert "If a child may be at risk of significant harm, do not wait for consent" in page
        with site.scope():
            assert EnquiryDraft.objects.get().pages == {}

    def test_sending_what_is_not_whole(self, teacher, site):
        """Bad input: what is missing is listed with links to its pages; nothing is sent."""
        draft_id = teacher.begin()
        teacher.post("draft_family", dated(answers.family()), draft_id=draft_id)
        page = text_of(teacher.post("draft_check", draft_id=draft_id))
        assert "<title>Error: Check your answers" in page
        for name, words in (
            ("people", "Add at least one child"),
            ("story", "Say what you are worried about"),
            ("consent", "Say whether the family has given consent"),
        ):
            assert re.search(rf'href="{teacher.url(f"draft_{name}", draft_id=draft_id)}\?then=check">{words}', page)
        with site.scope():
            assert not Enquiry.objects.exists()

    def test_names_of_every_script_are_shown_right(self, teacher):
        """Bad input that is none: emoji and right-to-left names, each in its own direction."""
        names = ["محمد", "שרה", "Zoë 👩‍👧", "李小龙"]
        people = [answers.child(given_name=name, nhs_number="") for name in names]
        draft_id = write(teacher, people=people, family={"family_name": "عائلة"})
        page = text_of(teacher.get("draft_check", draft_id=draft_id))
        for name in names:
            assert f'<strong dir="auto">{name} Quillfeather</strong>' in page
        sent = teacher.post("draft_check", draft_id=draft_id)
        assert sent.status_code == 302
        assert "<bdi>عائلة</bdi>" in text_of(teacher.get("mine"))

    def test_hostile_markup_is_text(self, teacher, site):
        """Trust 17: in every field, on every page that shows it."""
        bad = "<script>alert(1)</script>{{ 7|add:7 }}\"'><img src=x onerror=alert(1)>"
        draft_id = write(
            teacher,
            people=[answers.child(given_name=bad, family_name=bad)],
            family={"family_name": bad, "address": bad, "phone": "<b>1</b>"},
            story=dict.fromkeys(("worries", "working_well", "tried", "wishes"), bad),
            consent={"given_by": bad, "witness": bad},
        )
        pages = [
            teacher.get(f"draft_{name}", draft_id=draft_id)
            for name in ("family", "people", "story", "consent", "check")
        ]
        pages.append(teacher.client.get(teacher.post("draft_check", draft_id=draft_id).url))
        with site.scope():
            enquiry = Enquiry.objects.get()
        pages += [teacher.get("mine"), teacher.get("sent", enquiry_id=enquiry.pk)]
        screener = Visitor(site, "screener")
        pages += [screener.get("queue"), screener.get("enquiry", enquiry_id=enquiry.pk)]
        for page in map(text_of, pages):
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "UNDEFINED" not in page

    def test_the_back_button_after_sending(self, teacher):
        """Bad input: every page of a draft that was sent leads to the confirmation."""
        draft_id = write(teacher)
        confirmation = teacher.post("draft_check", draft_id=draft_id).url
        for name in ("draft", "draft_family", "draft_people", "draft_story", "draft_consent", "draft_check"):
            assert teacher.get(name, draft_id=draft_id).url == confirmation
        assert teacher.post("draft_family", dated(answers.family()), draft_id=draft_id).url == confirmation

    def test_the_same_form_sent_twice(self, teacher, site):
        """Bad input: the second press leads to the same confirmation; one row."""
        draft_id = write(teacher)
        first = teacher.post("draft_check", draft_id=draft_id)
        assert teacher.post("draft_check", draft_id=draft_id).url == first.url
        with site.scope():
            assert Enquiry.objects.count() == 1


class TestWhoMay:
    PAGES = ("draft", "draft_family", "draft_people", "draft_person_add", "draft_story", "draft_consent", "draft_check")

    def test_somebody_elses_draft_is_not_there(self, teacher, site):
        """INT-1: the same page as for an id that does not exist, for a colleague and the safeguarding lead."""
        draft_id = write(teacher)
        for who in ("colleague", "head", "visitor"):
            other = Visitor(site, who)
            nothing = other.get("draft_family", draft_id=uuid.uuid4())
            for name in self.PAGES:
                found = other.get(name, draft_id=draft_id)
                assert (found.status_code, found.content) == (404, nothing.content)
            assert other.post("draft_check", draft_id=draft_id).status_code == 404
            assert other.post("draft_discard", draft_id=draft_id).status_code == 404

    def test_another_partnerships_draft_is_not_there(self, teacher):
        """Trust 1."""
        draft_id = write(teacher)
        stranger = Visitor(make_place(), "teacher")
        for name in self.PAGES:
            assert stranger.get(name, draft_id=draft_id).status_code == 404

    @pytest.mark.parametrize("who", ["screener", "hubmanager", "analyst", "admin"])
    def test_others_do_not_write(self, site, who):
        """Practice model §2."""
        other = Visitor(site, who)
        assert other.get("start").status_code == 403
        assert other.post("start").status_code == 403
        assert other.get("mine").status_code == 403

    def test_an_unknown_person_is_not_there(self, teacher):
        """Bad input: an address typed by hand."""
        draft_id = teacher.begin()
        assert teacher.get("draft_person", draft_id=draft_id, key="gone").status_code == 404
        assert teacher.post("draft_person_remove", draft_id=draft_id, key="gone").status_code == 404

    def test_a_form_needs_its_token(self, site):
        """Trust 5: no page is posted to from elsewhere."""
        outside = Visitor(site, "teacher", enforce_csrf_checks=True)
        assert outside.post("start").status_code == 403
