"""A draft becomes an enquiry whole, once, or not at all (INT-1, INT-3)."""

import datetime as dt
import threading

import pytest
from django.db import connection

from consent.models import Consent, ConsentAgency
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Invalid, NotThere
from foundation.outbox.models import OutboxMessage
from intake import queries, services
from intake.models import Enquiry, EnquiryDraft, EnquiryPerson
from tests.intake import answers


def test_everything_that_was_told_arrives(place):
    """INT-1: details, concerns, what was tried, consent."""
    draft = place.draft(see=[place.health], story={"worries": "He threatened her with a knife. Tamsin was missing."})
    enquiry = services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    enquiry.refresh_from_db()
    assert enquiry.reference.startswith("EN-")
    assert (enquiry.state, enquiry.sent_by, enquiry.sent_for) == ("waiting", place.user("teacher"), place.school)
    assert (enquiry.family_name, enquiry.address) == ("Quillfeather", "4 Larkspur Row, Fernbank")
    assert enquiry.tried == "A breakfast club place since January."
    assert enquiry.needs == ["attendance", "caring"]
    assert enquiry.risk_words == ["knife", "missing"]
    child, mother = enquiry.people.order_by("position")
    assert (child.given_name, child.born_on, child.nhs_number) == ("Tamsin", dt.date(2016, 2, 29), "9434765919")
    assert (mother.part, mother.born_on, mother.consent_covers) == ("mother", None, True)
    assert enquiry.consent.given_by == "Oriel Quillfeather"
    named = ConsentAgency.objects.filter(consent=enquiry.consent).values_list("agency__name", "level")
    assert set(named) == {("Fernbank Primary", "contribute_case"), ("Fernshire Health Visiting", "see_case")}


def test_the_draft_is_gone_and_the_trail_says_so(place):
    """CON-1, INT-1: one enquiry, one consent, no draft; nothing is put out that nobody carries."""
    enquiry = place.enquiry()
    assert not EnquiryDraft.objects.exists()
    assert not OutboxMessage.objects.exists()
    verbs = list(AuditEntry.objects.filter(subject_id=enquiry.pk).values_list("verb", flat=True))
    assert verbs == ["enquiry.sent"]


def test_only_those_whom_the_consent_covers_are_marked(place):
    """CON-2: for the children it names."""
    draft = place.draft()
    child = draft.pages["people"][0]["key"]
    draft = services.save_page(
        by=place.actor("teacher"),
        draft_id=draft.pk,
        page="consent",
        answers=answers.consent(people=[child], work=[place.school.pk]),
    )
    enquiry = services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    assert list(enquiry.people.order_by("position").values_list("consent_covers", flat=True)) == [True, False]


@pytest.mark.parametrize("page", ["family", "people", "story", "consent"])
def test_a_missing_page_is_named_and_nothing_is_saved(place, page):
    """Bad input: every page is asked again; nothing is half-saved."""
    draft = place.draft()
    del draft.pages[page]
    draft.save()
    with pytest.raises(Invalid) as refused:
        services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    assert page in refused.value.fields
    assert EnquiryDraft.objects.filter(pk=draft.pk).exists()
    assert not Enquiry.objects.exists()
    assert not Consent.objects.exists()


def test_no_consent_is_refused_by_the_service_too(place):
    """INT-3: even were the page passed by."""
    draft = place.draft()
    draft.pages["consent"]["given"] = "no"
    draft.save()
    with pytest.raises(Invalid) as refused:
        services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    assert "A recorded override is not possible here yet" in refused.value.fields["consent"]
    assert not Enquiry.objects.exists()


def test_what_was_right_last_year_is_asked_again(place):
    """CON-1: a consent that ended while the draft lay is refused on the day it is sent."""
    today = clock.today()
    draft = place.draft(consent={"ends_on": (today + dt.timedelta(days=3)).isoformat()})
    with clock.at(clock.now() + dt.timedelta(days=4)), pytest.raises(Invalid, match="has passed"):
        services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)


def test_an_agency_that_was_closed_since_is_refused(place):
    """CON-2: only agencies that stand can be let in."""
    draft = place.draft(work=[place.school, place.health])
    place.health.active = False
    place.health.save(update_fields=["active"])
    with pytest.raises(Invalid):
        services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)


def test_a_failure_on_the_way_leaves_the_draft(place, monkeypatch):
    """INT-1: never half there. The last step fails, and all before it is undone."""

    def full_disk(**_):
        raise OSError

    draft = place.draft()
    monkeypatch.setattr("foundation.audit.services.record", full_disk)
    with pytest.raises(OSError):
        services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    assert EnquiryDraft.objects.filter(pk=draft.pk).exists()
    assert not EnquiryPerson.objects.exists()
    assert not Consent.objects.exists()


def test_the_same_form_sent_twice_is_one_enquiry(place):
    """Bad input: the second answer is the first enquiry."""
    draft = place.draft()
    first = services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
    assert services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk) == first
    assert queries.sent_as(place.actor("teacher"), draft.pk) == first
    assert Enquiry.objects.count() == 1
    with pytest.raises(NotThere):
        services.send_enquiry(by=place.actor("colleague"), draft_id=draft.pk)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_eight_at_once_is_one_enquiry():
    """Trust 8: parallel double submits make one row, and all get it."""
    from tests.intake.places import make_place

    site = make_place()
    with site.scope():
        draft_id, by = site.draft().pk, site.actor("teacher")
    start, made, failed = threading.Barrier(8), [], []

    def send():
        try:
            start.wait(timeout=20)
            with site.scope():
                made.append(services.send_enquiry(by=by, draft_id=draft_id).pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed
    assert len(made) == 8
    assert len(set(made)) == 1
    with site.scope():
        assert Enquiry.objects.count() == Consent.objects.count() == 1
        assert EnquiryPerson.objects.count() == 2
