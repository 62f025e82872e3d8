"""A document from asked for to kept, and every way in which it may not be."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import stat

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from foundation.accounts import services as accounts
from foundation.audit.models import AccessEntry, AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.errors import Clash, NotAllowed, NotThere
from foundation.documents import kinds, making, services
from foundation.documents.enums import VERB_OF_TRANSITION, DocumentState, DocumentVerb
from foundation.documents.models import Document
from foundation.outbox import services as outbox
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.scope import tenant_scope


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def verbs(desk) -> list[str]:
    with tenant_scope(desk.partnership.pk):
        return list(
            AuditEntry.objects.filter(verb__startswith="document.").order_by("at", "id").values_list("verb", flat=True)
        )


def test_a_document_is_asked_for_made_kept_and_downloaded(desk, files) -> None:
    """EHA-9: asked for, rendered, checked, kept with its hash, given out, and each step in the trail."""
    document = desk.ask()
    assert (document.state, document.progress, document.title) == (DocumentState.ASKED, 0, "Sample assessment")
    made = desk.make(document)
    assert (made.state, made.progress, made.failure) == (DocumentState.READY, 100, "")
    found = desk.do(services.download, made)
    assert found.content.startswith(b"%PDF-1.7")
    assert made.sha256 == hashlib.sha256(found.content).hexdigest()
    assert made.size == len(found.content)
    assert verbs(desk) == ["document.asked", "document.begun", "document.finished", "document.downloaded"]
    with tenant_scope(desk.partnership.pk):
        seen = AccessEntry.objects.get(subject_id=made.pk)
        assert (seen.how, seen.user_id) == ("download", desk.actor.user_id)


def test_the_outbox_carries_it(desk, files) -> None:
    """Architecture §6: the request writes a row beside the document; whoever carries the outbox makes it."""
    document = desk.ask()
    with tenant_scope(desk.partnership.pk):
        message = OutboxMessage.objects.get(topic=services.RENDER)
        assert message.payload == {"document_id": str(document.pk)}
    outbox.deliver_due(partnership_id=desk.partnership.pk)
    assert desk.again(document).state == DocumentState.READY
    with tenant_scope(desk.partnership.pk):
        assert OutboxMessage.objects.get(pk=message.pk).done_at is not None


def test_the_file_is_named_by_ids_and_by_nobody(desk, files) -> None:
    """Trust 17: a path, like an address and a log, names no one."""
    made = desk.made()
    assert made.file == f"documents/{desk.partnership.pk}/{made.pk}.pdf"
    (file,) = files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_is_made_of_what_the_asker_may_see_with_the_hat_they_wore(desk, sample, files) -> None:
    """EHA-9: the context is asked of the kind for the person who asked, and the paper names them and their agency."""
    made = desk.made()
    assert sample.asked == [desk.actor]
    text = text_of(desk.do(services.download, made).content)
    assert "Asha Okafor" in text
    assert desk.member.agency.name in text
    assert made.reference in text


def test_it_says_when_something_was_left_out(desk, sample, files) -> None:
    """EHA-9: what the recipient may not see is left out, and the document says that something is."""
    assert "left out" not in text_of(desk.do(services.download, desk.made()).content)
    sample.context["left_out"] = True
    assert "Something has been left out." in text_of(desk.do(services.download, desk.made()).content)


def test_asking_twice_while_it_is_under_way_gives_the_same_document(desk, files) -> None:
    """EHA-9, trust 8: the same form sent twice makes one document and one message."""
    first, second = desk.ask(), desk.ask()
    assert first.pk == second.pk
    with tenant_scope(desk.partnership.pk):
        assert OutboxMessage.objects.filter(topic=services.RENDER).count() == 1
    desk.make(first)
    assert desk.ask().pk != first.pk


def test_two_people_or_two_subjects_are_two_documents(desk, files) -> None:
    """EHA-9: each is made of what its own asker may see."""
    other = desk.colleague(agency=desk.member.agency)
    asked = {desk.ask().pk, desk.ask(by=other).pk, desk.ask(subject_id=desk.partnership.pk).pk}
    assert len(asked) == 3


def test_the_database_itself_holds_one_under_way(desk) -> None:
    """Convention 10: a race past the service ends at the constraint."""
    document = desk.ask()
    with tenant_scope(desk.partnership.pk), pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(
            kind="sample", title="x", subject_kind="sample", subject_id=document.subject_id,
            asked_by_id=desk.actor.user_id, asked_for_agency=desk.actor.agency_id, asked_at=clock.now(),
        )  # fmt: skip


def test_consent_withdrawn_before_it_is_made_leaves_nothing(desk, sample, files) -> None:
    """CON-2, EHA-9: who may no longer see the subject gets a sentence, and nothing is gathered or stored."""
    document = desk.ask()
    sample.allowed = False
    failed = desk.make(document)
    assert failed.state == DocumentState.FAILED
    assert "may no longer see" in failed.failure
    assert sample.asked == []
    assert files() == []


def test_consent_withdrawn_while_it_is_made_leaves_nothing(desk, sample, files) -> None:
    """CON-2, EHA-9: asked once more just before it is stored."""
    document = desk.ask()

    def and_then_withdrawn(actor, document):
        found = sample.of(actor, document)
        sample.allowed = False
        return found

    _replace_context(and_then_withdrawn)
    failed = desk.make(document)
    assert (failed.state, failed.file, files()) == (DocumentState.FAILED, "", [])


def test_a_view_that_narrows_while_it_is_made_leaves_nothing(desk, sample, files, monkeypatch) -> None:
    """CON-2: one person's consent ends while the pages are laid out; what holds their words is not kept."""
    document = desk.ask()
    lay_out = making._Run.lay_out

    def and_then_narrowed(run, page):
        rendered = lay_out(run, page)
        sample.view = "less"
        return rendered

    monkeypatch.setattr(making._Run, "lay_out", and_then_narrowed)
    failed = desk.make(document)
    assert (failed.state, files()) == (DocumentState.FAILED, [])
    assert "changed" in failed.failure


def test_an_asker_whose_role_ended_gets_nothing(desk, sample, files) -> None:
    """ACC-3: the hat is read anew when the document is made."""
    document = desk.ask()
    with tenant_scope(desk.partnership.pk):
        accounts.end_membership(by=system(desk.partnership.pk), membership_id=desk.member.pk)
    assert desk.make(document).state == DocumentState.FAILED
    assert sample.asked == []


def test_an_asker_who_may_not_sign_in_any_more_gets_nothing(desk, sample, files) -> None:
    """ACC-3: an account that was closed makes no documents."""
    document = desk.ask()
    desk.member.user.is_active = False
    desk.member.user.save()
    assert desk.make(document).state == DocumentState.FAILED


def test_a_kind_that_nobody_added_refuses_everything(desk, files, monkeypatch) -> None:
    """Architecture §2: a registry that guards and that nobody filled refuses."""
    made, waiting = desk.made(), desk.ask()
    monkeypatch.setattr(kinds, "_kinds", {})
    with pytest.raises(NotAllowed):
        desk.ask()
    assert desk.list() == []
    with pytest.raises(NotThere):
        desk.do(services.download, made)
    assert desk.make(waiting).state == DocumentState.FAILED


def test_what_breaks_while_gathering_ends_in_a_sentence_and_an_error_in_the_log(desk, sample, files, caplog) -> None:
    """OPS-2: the sentence says what to do; the log holds ids and the error's class, never its words."""
    document = desk.ask()

    def broken(actor, document):
        raise ValueError("Ada Fenwick-Test")

    _replace_context(broken)
    failed = desk.make(document)
    assert failed.failure == making.TROUBLE
    assert "ValueError" in caplog.text
    assert str(document.pk) in caplog.text
    assert "Fenwick" not in failed.failure


def test_a_document_that_not_everybody_can_read_is_not_kept(desk, sample, files, caplog) -> None:
    """Trust 21: the checks come before the keeping, and the failure says what is wrong."""
    sample.context["raw"] = "<h4>Four follows two</h4>"
    failed = desk.made()
    assert failed.state == DocumentState.FAILED
    assert "a heading level is left out" in failed.failure
    assert files() == []
    assert "skipped-heading" in caplog.text


def test_text_without_end_is_refused_before_it_is_rendered(desk, sample, files) -> None:
    """Trust 20: more text than a document can take has its own sentence."""
    sample.context["worry"] = "ten chars " * 700_000
    failed = desk.made()
    assert "more text" in failed.failure
    assert files() == []


def test_a_document_that_runs_wild_is_stopped_and_says_so(desk, sample, files, settings) -> None:
    """Trust 20: killed by the clock; the sentence is for people."""
    settings.DOCUMENT_LIMITS = {"seconds": 1.0}
    sample.context["raw"] = (
        "<table><tr><th scope=col>x</th></tr>" + "<tr><td colspan=1000>x</td></tr>" * 3000 + "</table>"
    )
    failed = desk.made()
    assert "took too long" in failed.failure
    assert files() == []


def test_cancelled_while_it_waits_it_is_never_made(desk, sample, files) -> None:
    """EHA-9: whoever asked may stop it; a worker that comes later finds nothing to do."""
    document = desk.ask()
    desk.do(services.cancel, document)
    assert desk.make(document).state == DocumentState.CANCELLED
    assert sample.asked == []
    assert desk.do(services.cancel, document).state == DocumentState.CANCELLED


def test_a_cancelled_document_can_be_asked_for_again(desk, files) -> None:
    """EHA-9: the same document, from the start."""
    document = desk.ask()
    desk.do(services.cancel, document)
    desk.do(services.ask_again, document)
    assert desk.make(document).state == DocumentState.READY
    assert "document.asked_again" in verbs(desk)


def test_what_cannot_be_cancelled_or_asked_again_says_why(desk, files) -> None:
    """Clash (409): the sentence names the state."""
    made = desk.made()
    with pytest.raises(Clash, match="ready"):
        desk.do(services.cancel, made)
    with pytest.raises(Clash, match="ready"):
        desk.do(services.ask_again, made)


def test_asking_again_beside_a_newer_one_is_a_clash(desk, files) -> None:
    """EHA-9: one under way for each person and subject, however it began."""
    first = desk.ask()
    desk.do(services.cancel, first)
    desk.ask()
    with pytest.raises(Clash, match="already"):
        desk.do(services.ask_again, first)


def test_a_lost_worker_is_followed_by_another_when_its_lease_runs_out(desk, files) -> None:
    """Trust 10: killed after it took the document, before it kept anything."""
    document = desk.ask()
    lost = making._Run(desk.partnership.pk, document.pk)
    assert lost.claim()
    with pytest.raises(services.StillBeingMade):
        desk.make(document)
    with clock.at(clock.now() + making.LEASE + dt.timedelta(seconds=1)):
        made = desk.make(document)
    assert (made.state, made.attempts) == (DocumentState.READY, 2)
    assert len(files()) == 1


def test_a_worker_that_comes_too_late_keeps_nothing(desk, files) -> None:
    """Trust 10: a paused worker wakes after another took over: its lease is gone, and one file stands."""
    document = desk.ask()
    late = making._Run(desk.partnership.pk, document.pk)
    late.claim()
    page, key = late.gather()
    rendered = late.lay_out(page)
    with clock.at(clock.now() + making.LEASE + dt.timedelta(seconds=1)):
        made = desk.make(document)
    with pytest.raises(making._Gone):
        late.keep(rendered, key)
    assert desk.again(document).sha256 == made.sha256
    assert len(files()) == 1


def test_a_worker_lost_between_file_and_commit_leaves_one_file(desk, files) -> None:
    """Trust 10: the file of the attempt that never committed is overwritten by the next."""
    document = desk.ask()
    name = making.file_name(document)
    making.default_storage.save(name, making.ContentFile(b"half a document"))
    made = desk.make(document)
    assert len(files()) == 1
    assert desk.do(services.download, made).content.startswith(b"%PDF")


def test_a_worker_lost_each_time_is_given_up(desk, files) -> None:
    """Trust 10: what kills its worker three times is not tried without end."""
    document = desk.ask()
    moment = clock.now()
    for _ in range(making.MOST_ATTEMPTS):
        with clock.at(moment):
            assert making._Run(desk.partnership.pk, document.pk).claim()
        moment += making.LEASE + dt.timedelta(seconds=1)
    with clock.at(moment):
        failed = desk.make(document)
    assert (failed.state, failed.failure) == (DocumentState.FAILED, making.TROUBLE)


def test_the_message_of_a_document_in_other_hands_comes_back_later(desk, files) -> None:
    """Trust 10: a message handed out twice is not done until the document is."""
    document = desk.ask()
    making._Run(desk.partnership.pk, document.pk).claim()
    assert outbox.deliver_due(partnership_id=desk.partnership.pk) == 0
    later = clock.now() + making.LEASE + dt.timedelta(minutes=3)
    with clock.at(later):
        assert outbox.deliver_due(partnership_id=desk.partnership.pk) == 1
    assert desk.again(document).state == DocumentState.READY


def test_rendering_what_is_ready_or_not_there_does_nothing(desk, files) -> None:
    """Convention 9: a task may run twice."""
    made = desk.made()
    assert desk.make(made).sha256 == made.sha256
    services.render(partnership_id=desk.partnership.pk, document_id=desk.partnership.pk)


def test_characters_without_a_typeface_are_counted(desk, sample, files) -> None:
    """EHA-9: what cannot be shown is said, not hidden."""
    sample.context["people"] = [("\U00013000", "Child")]
    assert desk.made().unshown >= 1


def test_every_transition_has_its_verb() -> None:
    """Convention 7: the two lists are held together."""
    transitions = {found.name for found in Document._meta.get_field("state").get_all_transitions(Document)}
    assert set(VERB_OF_TRANSITION) == transitions
    assert set(VERB_OF_TRANSITION.values()) | {DocumentVerb.ASKED, DocumentVerb.DOWNLOADED} == set(DocumentVerb)


def _replace_context(function) -> None:
    kinds.add("sample", dataclasses.replace(kinds.find("sample"), context=function))
