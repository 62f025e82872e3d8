"""Words sent after the session had ended: kept for the same person on the same page, and for nobody else (ACC-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from assessments.enums import AssessmentState
from consent import services as consent
from consent.models import Consent
from foundation.accounts import keeping, tasks
from foundation.accounts.models import KeptWords, Membership
from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from tests.accounts.ends import LOGIN, come_back, leave_alone
from tests.assessments.stage import Stage
from tests.factories import make_partnership
from tests.intake import answers
from tests.intake.browsing import Visitor, dated
from tests.intake.places import Place, make_place

pytestmark = pytest.mark.django_db

BANNER = "These words were kept; they are not saved yet"
WORRIES = "Tamsin has missed eleven days, and says <b>nobody</b> & nothing helps."


@pytest.fixture
def site(db) -> Place:
    return make_place()


@pytest.fixture
def teacher(site) -> Visitor:
    return Visitor(site, "teacher")


@pytest.fixture
def draft(db) -> Stage:
    return Stage(make_partnership(), AssessmentState.DRAFT)


class Writing:
    """A person on the story page of their own enquiry, whose session ends while they write."""

    def __init__(self, teacher: Visitor) -> None:
        self.teacher, self.client = teacher, teacher.client
        self.user = teacher.site.user("teacher")
        self.draft_id = teacher.begin()
        self.page = teacher.url("draft_story", draft_id=self.draft_id)

    def send_late(self, client: Client | None = None, **changes: Any):
        """Press the button after forty minutes."""
        client = client or self.client
        leave_alone(client)
        return client.post(self.page, dated(answers.story(worries=WORRIES, **changes)))

    def kept(self) -> list[KeptWords]:
        with self.teacher.site.scope():
            return list(KeptWords.objects.all())


@pytest.fixture
def writing(teacher) -> Writing:
    return Writing(teacher)


class TestEnquiry:
    def test_words_are_in_the_form_again_after_signing_in(self, writing):
        """ACC-4: told on the sign-in page, back on the page, in the form, marked as not saved; then saved."""
        sent = writing.send_late()
        assert sent["Location"] == f"{LOGIN}?next={writing.page}"
        said = writing.client.get(sent["Location"]).content.decode()
        assert "nothing happened for 30 minutes. What you wrote was kept." in said
        assert come_back(writing.client, writing.user, sent["Location"])["Location"] == writing.page
        page = writing.client.get(writing.page)
        html = page.content.decode()
        assert BANNER in html
        assert "missed eleven days, and says &lt;b&gt;nobody&lt;/b&gt; &amp; nothing helps." in html
        assert "There is a problem" not in html
        assert "<title>Error" not in html
        assert page.context["form"]["needs"].value() == ["attendance", "caring"]
        assert writing.client.post(writing.page, dated(answers.story(worries=WORRIES))).status_code == 302
        assert writing.kept() == []
        again = writing.client.get(writing.page).content.decode()
        assert BANNER not in again
        assert "nothing helps" in again

    def test_unfinished_and_wrong_words_are_kept_as_they_are(self, writing):
        """ACC-4: nothing has to be right in order to be kept; mistakes are told when it is sent again."""
        writing.send_late(needs=["no such need"], wishes="x" * 20_000)
        come_back(writing.client, writing.user)
        assert "x" * 20_000 in writing.client.get(writing.page).content.decode()

    def test_words_stay_until_they_are_used(self, writing):
        """ACC-4: looking at them, leaving, and coming back loses nothing."""
        writing.send_late()
        come_back(writing.client, writing.user)
        for _ in range(2):
            assert BANNER in writing.client.get(writing.page).content.decode()
        assert writing.client.post(writing.page, {"worries": ""}).status_code == 400
        assert BANNER in writing.client.get(writing.page).content.decode()

    def test_words_wait_on_their_own_page_alone(self, writing):
        """ACC-4: another page, and the same page of another draft, know nothing of them."""
        writing.send_late()
        come_back(writing.client, writing.user)
        other = writing.teacher.url("draft_story", draft_id=writing.teacher.begin())
        for page in (
            other,
            writing.teacher.url("draft_family", draft_id=writing.draft_id),
            f"{writing.page}?then=check",
        ):
            assert BANNER not in writing.client.get(page).content.decode()

    def test_words_can_be_thrown_away(self, writing):
        """ACC-4: the page then shows what is saved."""
        writing.send_late()
        come_back(writing.client, writing.user)
        assert writing.client.post("/accounts/kept/discard/", {"page": writing.page})["Location"] == writing.page
        assert writing.kept() == []
        assert "nothing helps" not in writing.client.get(writing.page).content.decode()

    @pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/accounts/", "", "/\\evil.example"])
    def test_throwing_away_leads_to_no_other_site(self, writing, page):
        """ACC-4: only to a page of a partnership."""
        assert writing.client.post("/accounts/kept/discard/", {"page": page})["Location"] == "/hats/"

    def test_words_of_a_session_that_ended_earlier_are_kept_too(self, writing):
        """ACC-4: another tab noticed the end first; the press comes later."""
        leave_alone(writing.client)
        assert writing.client.get("/hats/")["Location"].startswith(LOGIN)
        writing.client.post(writing.page, dated(answers.story(worries=WORRIES)))
        come_back(writing.client, writing.user)
        assert BANNER in writing.client.get(writing.page).content.decode()

    def test_words_sent_after_signing_out_in_another_tab_are_kept(self, writing):
        """ACC-4: for the person who has signed out."""
        writing.client.post("/accounts/logout/")
        sent = writing.client.post(writing.page, dated(answers.story(worries=WORRIES)))
        assert "What you wrote was kept" in writing.client.get(sent["Location"]).content.decode()
        come_back(writing.client, writing.user)
        assert BANNER in writing.client.get(writing.page).content.decode()

    def test_a_day_later_nobodys_words_are_kept_any_more(self, writing):
        """ACC-4: a browser that was left is nobody's in the end."""
        writing.client.post("/accounts/logout/")
        with clock.at(clock.now() + dt.timedelta(hours=24)):
            sent = writing.client.post(writing.page, dated(answers.story(worries=WORRIES)))
        assert sent["Location"].startswith(LOGIN)
        assert writing.kept() == []

    def test_script_ends_a_session_with_its_words(self, writing):
        """ACC-4: at the end of the countdown what stands on the page is kept."""
        leave_alone(writing.client)
        said = dated(answers.story(worries=WORRIES)) | {"eh-page": writing.page}
        answer = writing.client.post("/accounts/session/end/", said, headers={"Eh-Background": "1"})
        assert "What you wrote was kept" in writing.client.get(answer.json()["url"]).content.decode()
        come_back(writing.client, writing.user)
        assert BANNER in writing.client.get(writing.page).content.decode()


class TestNobodyElse:
    def test_next_person_on_the_same_browser_sees_nothing(self, writing, site):
        """ACC-4: not on the page, which is not theirs, nor anywhere; the owner still has them."""
        writing.send_late()
        other = site.user("screener")
        come_back(writing.client, other)
        assert writing.client.get(writing.page).status_code == 403
        assert "nothing helps" not in writing.client.get(f"/{site.partnership.slug}/").content.decode()
        assert len(writing.kept()) == 1
        come_back(Client(), writing.user)

    def test_owner_finds_them_on_another_computer(self, writing):
        """ACC-4: they wait for the person, not for the browser."""
        writing.send_late()
        there = Client()
        come_back(there, writing.user)
        assert BANNER in there.get(writing.page).content.decode()

    def test_words_are_deleted_when_the_page_is_refused(self, draft):
        """ACC-4, CON-2: whoever may not open the page any more gets nothing back, then or later."""
        client, page = draft.as_("teacher"), draft.url("section", key="reason")
        leave_alone(client)
        client.post(page, {"revision": 0, "answer-why": "Mornings"})
        with draft.scope():
            assert KeptWords.objects.count() == 1
            given = Consent.objects.get(case=draft.case)
            consent.withdraw(by=draft.scene.actor("lead"), consent_id=given.pk, told_by="Joanna Abara")
        come_back(client, draft.scene.user("teacher"))
        refused = client.get(page)
        assert refused.status_code == 403
        assert b"Mornings" not in refused.content
        with draft.scope():
            assert not KeptWords.objects.exists()

    def test_former_members_words_are_not_kept(self, writing):
        """ACC-3: whoever has no place in the partnership any more leaves nothing there."""
        with writing.teacher.site.scope():
            Membership.objects.filter(user=writing.user).update(ended_at=clock.now())
        writing.send_late()
        assert writing.kept() == []

    def test_inactive_persons_words_are_not_kept(self, writing):
        """ACC-3: nor those of somebody who may not sign in."""
        writing.client.post("/accounts/logout/")
        writing.user.is_active = False
        writing.user.save()
        writing.client.post(writing.page, dated(answers.story(worries=WORRIES)))
        assert writing.kept() == []

    def test_another_site_cannot_leave_words_here(self, site):
        """ACC-4: without the page's token nothing is kept."""
        visitor = Visitor(site, "teacher", enforce_csrf_checks=True)
        page = f"/{site.partnership.slug}/enquiries/new/"
        token = visitor.client.get(page).context["csrf_token"]
        for sent, kept in ((None, 0), (str(token), 1)):
            if sent is None:
                leave_alone(visitor.client)
            words = {"worries": WORRIES} | ({"csrfmiddlewaretoken": sent} if sent else {})
            assert visitor.client.post(page, words)["Location"].startswith(LOGIN)
            with site.scope():
                assert KeptWords.objects.count() == kept

    def test_stranger_without_a_session_leaves_nothing(self, site):
        """ACC-4: there must have been somebody."""
        sent = Client().post(f"/{site.partnership.slug}/enquiries/new/", {"worries": WORRIES})
        assert sent["Location"].startswith(LOGIN)
        with site.scope():
            assert not KeptWords.objects.exists()

    def test_page_of_a_strange_partnership_keeps_nothing(self, writing):
        """ACC-6: and answers as any other does."""
        other = make_partnership("marrowdale")
        leave_alone(writing.client)
        for slug in ("marrowdale", "nowhere"):
            sent = writing.client.post(f"/{slug}/cases/", {"words": WORRIES})
            assert sent["Location"] == f"{LOGIN}?next=/{slug}/cases/"
        with tenant_scope(other.pk):
            assert not KeptWords.objects.exists()


class TestWhatIsKept:
    def test_nobody_reads_them_in_the_table(self, writing):
        """ACC-4: sealed; neither the words nor the names of the fields stand there."""
        writing.send_late()
        with writing.teacher.site.scope(), connection.cursor() as cursor:
            cursor.execute("SELECT words FROM accounts_keptwords")
            [(words,)] = cursor.fetchall()
        assert words.startswith("sealed:")
        assert "eleven" not in words
        assert "worries" not in words

    def test_wall_stands_before_them(self, writing):
        """Trust 2: without the partnership's scope there is not a row."""
        writing.send_late()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_keptwords")
            assert cursor.fetchone()[0] == 0

    def test_token_passwords_and_files_are_not_kept(self, writing):
        """ACC-4: only words."""
        leave_alone(writing.client)
        file = SimpleUploadedFile("letter.txt", b"A letter.")
        sent = {"worries": "Words", "csrfmiddlewaretoken": "t", "new_password": "p", "Secret": "s", "file": file}
        writing.client.post(writing.page, sent)
        request = type("Asked", (), {"user": writing.user, "get_full_path": lambda self: writing.page})()
        with writing.teacher.site.scope():
            assert dict(keeping.words_for(request).lists()) == {"worries": ["Words"]}

    @pytest.mark.parametrize("words", [{}, {"worries": ""}, {"csrfmiddlewaretoken": "t"}, {"worries": "x" * 1_000_001}])
    def test_nothing_and_far_too_much_are_not_kept(self, writing, words):
        """ACC-4: the sign-in page then does not say that anything was."""
        leave_alone(writing.client)
        sent = writing.client.post(writing.page, words)
        assert writing.kept() == []
        assert "What you wrote was kept" not in writing.client.get(sent["Location"]).content.decode()

    def test_later_words_of_a_page_take_the_place_of_earlier_ones(self, writing):
        """ACC-4: one for each page."""
        writing.send_late(wishes="first")
        writing.client.post(writing.page, {"worries": "second"})
        come_back(writing.client, writing.user)
        html = writing.client.get(writing.page).content.decode()
        assert "second" in html
        assert "first" not in html

    def test_one_person_cannot_fill_the_table(self, writing):
        """ACC-4: the twenty newest pages are kept."""
        leave_alone(writing.client)
        for number in range(keeping.MOST_PAGES + 3):
            writing.client.post(f"{writing.page}?n={number}", {"worries": f"Words {number}"})
        pages = {kept.path for kept in writing.kept()}
        assert len(pages) == keeping.MOST_PAGES
        assert f"{writing.page}?n=0" not in pages
        assert f"{writing.page}?n={keeping.MOST_PAGES + 2}" in pages

    def test_after_seven_days_they_are_gone(self, writing):
        """ACC-4: not shown any more, and swept away."""
        writing.send_late()
        with clock.at(clock.now() + keeping.KEPT_FOR - dt.timedelta(minutes=5)):
            tasks.sweep()
        assert len(writing.kept()) == 1
        with clock.at(clock.now() + keeping.KEPT_FOR + dt.timedelta(minutes=1)):
            come_back(writing.client, writing.user)
            assert BANNER not in writing.client.get(writing.page).content.decode()
            tasks.sweep()
        assert writing.kept() == []

    def test_words_sealed_with_a_lost_key_are_no_error(self, writing, settings):
        """ACC-4: after the installation's key has changed nobody can read them; the page opens without."""
        writing.send_late()
        settings.SECRET_KEY = "another-" + "1" * 42
        come_back(writing.client, writing.user)
        assert BANNER not in writing.client.get(writing.page).content.decode()


class TestSection:
    """A section of an assessment, which is saved as people type (EHA-4)."""

    def test_words_are_in_the_section_again(self, draft):
        """ACC-4, EHA-4: under the revision that the page had, and saved by its button."""
        client, page = draft.as_("lead"), draft.url("section", key="reason")
        leave_alone(client)
        sent = client.post(page, {"revision": 0, "answer-why": "Mornings", "answer-wish": "Calm"})
        come_back(client, draft.scene.user("lead"), sent["Location"])
        html = client.get(page).content.decode()
        assert BANNER in html
        assert "Mornings" in html
        assert draft.section("reason").answers == {}
        client.post(page, {"revision": 0, "answer-why": "Mornings", "answer-wish": "Calm"})
        assert draft.section("reason").answers == {"why": "Mornings", "wish": "Calm"}
        assert BANNER not in client.get(page).content.decode()

    def test_what_a_colleague_saved_meanwhile_is_a_clash_and_not_lost(self, draft):
        """EHA-4: both versions are shown, because the kept words remember what they were written over."""
        client, page = draft.as_("lead"), draft.url("section", key="reason")
        leave_alone(client)
        client.post(page, {"revision": 0, "answer-why": "Lead's words"})
        draft.as_("teacher").post(page, {"revision": 0, "answer-why": "School's words"})
        come_back(client, draft.scene.user("lead"))
        shown = client.get(page)
        assert 'name="revision" value="0"' in shown.content.decode()
        clash = client.post(page, {"revision": 0, "answer-why": "Lead's words"})
        assert clash.status_code == 409
        assert draft.section("reason").answers == {"why": "School's words"}

    def test_saving_as_one_types_says_so_and_keeps_the_words_for_the_page(self, draft):
        """ACC-4: 401 with a sentence and a link; the words wait on the section's page, not at the script's address."""
        client, page = draft.as_("lead"), draft.url("section", key="reason")
        leave_alone(client)
        typing = {"Accept": "application/json", "Referer": f"http://testserver{page}"}
        sent = client.post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "Morn"}, headers=typing)
        assert sent.status_code == 401
        assert sent.json()["kept"] is True
        assert sent.json()["url"].endswith("%2Fsections%2Freason%2F")
        come_back(client, draft.scene.user("lead"))
        assert "Morn" in client.get(page).content.decode()
        client.post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "Mornings"}, headers=typing)
        assert BANNER not in client.get(page).content.decode()

    def test_typing_keeps_the_session_and_a_late_beacon_is_kept(self, draft):
        """ACC-4: an autosave is a person; the last words sent as a page closes are kept where they were written."""
        client, page = draft.as_("lead"), draft.url("section", key="reason")
        leave_alone(client, minutes=29)
        client.post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "Morn"})
        leave_alone(client, minutes=29)
        assert client.get(page).status_code == 200
        leave_alone(client)
        beacon = {"Referer": f"http://testserver{page}"}
        client.post(draft.url("draft", key="reason"), {"revision": 1, "answer-why": "Last"}, headers=beacon)
        with draft.scope():
            assert KeptWords.objects.get().path == page

    def test_managers_comments_are_kept_as_well(self):
        """ACC-4: every page made of the house's form view keeps its words."""
        sent = Stage(make_partnership(), AssessmentState.SUBMITTED)
        client, page = sent.as_("manager"), sent.url("approve")
        leave_alone(client)
        client.post(page, {"decision": "return", "overall": "Say more about school."})
        come_back(client, sent.scene.user("manager"))
        html = client.get(page).content.decode()
        assert BANNER in html
        assert "Say more about school." in html
        assert sent.now().state == AssessmentState.SUBMITTED


def test_words_are_kept_once_for_two_presses_at_the_same_address(writing):
    """ACC-4: pressing twice keeps the last."""
    leave_alone(writing.client)
    for _ in range(2):
        writing.client.post(writing.page, {"worries": WORRIES})
    assert len(writing.kept()) == 1
