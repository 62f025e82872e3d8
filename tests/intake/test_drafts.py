"""Writing an enquiry, page by page (INT-1)."""

import uuid

import pytest

from foundation.common.errors import Invalid, NotAllowed, NotThere
from intake import queries, services
from intake.models import EnquiryDraft
from tests import factories
from tests.intake import answers
from tests.intake.places import make_place


def test_each_page_is_kept_as_soon_as_it_is_right(place):
    """INT-1: one can leave and come back."""
    by = place.actor("teacher")
    draft = services.start_draft(by=by)
    services.save_page(by=by, draft_id=draft.pk, page="family", answers=answers.family())
    services.save_page(by=by, draft_id=draft.pk, page="story", answers=answers.story(needs=["caring"]))
    assert queries.draft(by, draft.pk).pages == {
        "family": answers.family(),
        "story": answers.story(needs=["caring"]),
    }


def test_a_wrong_page_keeps_what_was_there(place):
    """Bad input: nothing is half-saved."""
    draft = place.draft()
    by = place.actor("teacher")
    with pytest.raises(Invalid):
        services.save_page(by=by, draft_id=draft.pk, page="family", answers=answers.family(family_name=""))
    assert queries.draft(by, draft.pk).pages == draft.pages


def test_only_roles_that_work_with_families_write(place):
    """Practice model §2: a screener screens, an analyst counts."""
    for who in ("screener", "hubmanager", "analyst", "admin"):
        with pytest.raises(NotAllowed):
            services.start_draft(by=place.actor(who))


@pytest.mark.parametrize("who", ["colleague", "head", "visitor"])
def test_only_its_writer_sees_a_draft(place, who):
    """INT-1: not a colleague, nor the agency's safeguarding lead."""
    draft = place.draft()
    other = place.actor(who)
    assert not queries.drafts(other).exists()
    with pytest.raises(NotThere):
        queries.draft(other, draft.pk)
    for change in (
        lambda: services.save_page(by=other, draft_id=draft.pk, page="family", answers=answers.family()),
        lambda: services.save_person(by=other, draft_id=draft.pk, key="", answers=answers.child()),
        lambda: services.remove_person(by=other, draft_id=draft.pk, key=draft.pages["people"][0]["key"]),
        lambda: services.discard_draft(by=other, draft_id=draft.pk),
        lambda: services.send_enquiry(by=other, draft_id=draft.pk),
    ):
        with pytest.raises(NotThere):
            change()
    assert EnquiryDraft.objects.get().pages == draft.pages


def test_a_draft_stays_with_the_hat_it_was_begun_in(place):
    """ACC-2: what was begun for the school is not sent for the health trust."""
    draft = place.draft()
    factories.make_member(agency=place.health, user=place.user("teacher"))
    other_hat = factories.actor_of(place.user("teacher"), place.health)
    with pytest.raises(NotThere):
        services.send_enquiry(by=other_hat, draft_id=draft.pk)


def test_another_partnerships_draft_is_not_there(site):
    """Trust 1: an id of another partnership is as one that does not exist."""
    with site.scope():
        draft = site.draft()
    elsewhere = make_place()
    with elsewhere.scope():
        by = elsewhere.actor("teacher")
        for key in (draft.pk, uuid.uuid4()):
            with pytest.raises(NotThere):
                queries.draft(by, key)
            with pytest.raises(NotThere):
                services.send_enquiry(by=by, draft_id=key)


class TestPeople:
    def test_people_are_added_changed_and_removed(self, place):
        """INT-1: each person keeps their place and key when changed."""
        by = place.actor("teacher")
        draft = place.draft()
        first, second = draft.pages["people"]
        draft = services.save_person(
            by=by, draft_id=draft.pk, key=first["key"], answers=answers.child(given_name="Tam")
        )
        assert [(each["key"], each["given_name"]) for each in draft.pages["people"]] == [
            (first["key"], "Tam"),
            (second["key"], "Oriel"),
        ]
        draft = services.remove_person(by=by, draft_id=draft.pk, key=first["key"])
        assert [each["key"] for each in draft.pages["people"]] == [second["key"]]

    def test_a_removed_person_is_out_of_the_consent(self, place):
        """CON-2: consent covers nobody who is not named."""
        draft = place.draft()
        first, second = (person["key"] for person in draft.pages["people"])
        draft = services.remove_person(by=place.actor("teacher"), draft_id=draft.pk, key=first)
        assert draft.pages["consent"]["covers"] == [second]

    def test_an_unknown_key_is_not_there(self, place):
        """Bad input: a page kept open while the person was removed elsewhere."""
        draft = place.draft()
        by = place.actor("teacher")
        with pytest.raises(NotThere):
            services.save_person(by=by, draft_id=draft.pk, key="gone", answers=answers.child())
        with pytest.raises(NotThere):
            services.remove_person(by=by, draft_id=draft.pk, key="gone")

    def test_the_thirty_first_person(self, place):
        """Bad input: the limit has its sentence; changing the thirtieth still works."""
        by = place.actor("teacher")
        draft = place.draft(people=[answers.child(), *(answers.mother() for _ in range(29))])
        with pytest.raises(Invalid, match="30 people at most"):
            services.save_person(by=by, draft_id=draft.pk, key="", answers=answers.mother())
        last = draft.pages["people"][-1]["key"]
        draft = services.save_person(by=by, draft_id=draft.pk, key=last, answers=answers.mother(given_name="Isolde"))
        assert draft.pages["people"][-1]["given_name"] == "Isolde"

    def test_an_nhs_number_that_another_has(self, place):
        """FAM-1: but a person may keep their own."""
        by = place.actor("teacher")
        draft = place.draft()
        with pytest.raises(Invalid, match="has the same NHS number"):
            services.save_person(by=by, draft_id=draft.pk, key="", answers=answers.child(given_name="Wren"))
        own = draft.pages["people"][0]["key"]
        assert services.save_person(by=by, draft_id=draft.pk, key=own, answers=answers.child())


def test_a_draft_can_be_thrown_away(place):
    """INT-1: what was never sent need not be kept."""
    draft = place.draft()
    services.discard_draft(by=place.actor("teacher"), draft_id=draft.pk)
    assert not EnquiryDraft.objects.exists()


def test_a_page_that_does_not_exist(place):
    """Bad input: an address typed by hand."""
    draft = place.draft()
    with pytest.raises(NotThere):
        services.save_page(by=place.actor("teacher"), draft_id=draft.pk, page="people", answers={})
