"""The pages of a document: how far it is, its file, and who may know of it."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common.errors import NotAllowed, NotThere
from foundation.documents import kinds, queries, services
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document
from foundation.tenancy.scope import tenant_scope
from tests.documents.conftest import a_desk
from tests.factories import make_member, sign_in


def at(desk, name: str, document: Document) -> str:
    return reverse(f"documents:{name}", kwargs={"partnership": desk.partnership.slug, "document_id": document.pk})


@pytest.fixture
def browser(desk, client):
    return sign_in(client, desk.member.user, agency=desk.member.agency)


def downloads(desk) -> int:
    with tenant_scope(desk.partnership.pk):
        return AuditEntry.objects.filter(verb="document.downloaded").count()


def test_the_page_says_how_far_it_is_and_works_without_script(desk, browser, files) -> None:
    """EHA-9: words and a bar, a link that looks again, a way to stop; one may leave and come back."""
    document = desk.ask()
    page = browser.get(at(desk, "detail", document)).content.decode()
    assert "waiting for its turn" in page
    assert '<progress class="eh-progress__bar" max="100" value="0"' in page
    assert "Check again" in page
    assert "Cancel this document" in page
    poll = at(desk, "progress", document)
    region = f'<div id="document-progress" class="eh-progress" role="status" data-poll-url="{poll}">'
    assert region in page
    assert region in browser.get(at(desk, "progress", document)).content.decode()
    assert f'href="/{desk.partnership.slug}/sample/{document.subject_id}/"' in page
    assert "http-equiv" not in page
    desk.make(document)
    page = browser.get(at(desk, "detail", document)).content.decode()
    assert f'href="{at(desk, "download", document)}"' in page
    assert "data-poll-url" not in page
    assert "Cancel this document" not in page


@pytest.mark.parametrize(
    ("progress", "words"), [(5, "Gathering"), (20, "Laying out"), (60, "Checking"), (90, "Keeping it safe")]
)
def test_each_step_has_its_words(desk, browser, files, progress, words) -> None:
    """EHA-9: never a bar alone."""
    document = desk.ask()
    with tenant_scope(desk.partnership.pk):
        Document.objects.filter(pk=document.pk).update(state=DocumentState.RENDERING, progress=progress)
    part = browser.get(at(desk, "progress", document)).content.decode()
    assert words in part
    assert f'value="{progress}"' in part
    assert "<html" not in part


def test_the_file_is_given_out_as_a_file(desk, browser, files) -> None:
    """EHA-9: an attachment named by its reference, kept in no cache, recorded each time."""
    made = desk.made()
    answer = browser.get(at(desk, "download", made))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{made.reference}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(answer.content) == made.size == int(answer["Content-Length"])
    assert downloads(desk) == 1
    browser.get(at(desk, "download", made))
    assert downloads(desk) == 2


def test_asking_for_the_head_alone_reads_nothing(desk, browser, files) -> None:
    """FAM-8: only what was read is recorded as read."""
    made = desk.made()
    answer = browser.head(at(desk, "download", made))
    assert (answer.status_code, answer.content) == (200, b"")
    assert downloads(desk) == 0


def test_consent_withdrawn_the_next_click_finds_nothing(desk, sample, browser, files) -> None:
    """CON-2, EHA-9: detail, progress, file and list, at that very moment; the same page as for what never was."""
    made = desk.made()
    assert len(desk.list()) == 1
    sample.allowed = False
    for name in ("detail", "progress", "download"):
        gone = browser.get(at(desk, name, made))
        never = browser.get(at(desk, name, Document()))
        assert (gone.status_code, gone.content) == (404, never.content)
    for name in ("cancel", "ask_again"):
        assert browser.post(at(desk, name, made)).status_code == 404
    assert desk.list() == []
    assert downloads(desk) == 0


def test_a_narrower_view_closes_the_file_and_says_why(desk, sample, browser, files) -> None:
    """CON-2: one person's consent ended; the older document still holds their words."""
    made = desk.made()
    sample.view = "less"
    page = browser.get(at(desk, "detail", made))
    assert "Out of date" in page.content.decode()
    assert at(desk, "download", made) not in page.content.decode()
    assert browser.get(at(desk, "download", made)).status_code == 403
    with pytest.raises(NotAllowed, match="new one"):
        desk.do(services.download, made)
    assert desk.do(services.download, desk.made()).content


def test_a_document_is_for_the_agency_it_was_made_for(desk, files) -> None:
    """EHA-9, CON-2: another agency may see the subject, but not this paper, which shows what the first may see."""
    made = desk.made()
    other = desk.colleague()
    with pytest.raises(NotThere):
        desk.do(services.download, made, by=other)
    assert desk.list(by=other) == []
    near = desk.colleague(agency=desk.member.agency)
    assert desk.do(services.download, made, by=near).content
    assert len(desk.list(by=near)) == 1


def test_a_role_that_may_not_see_may_not_ask(desk, files) -> None:
    """Practice model §2: the kind decides, for a person without the right as for the system."""
    analyst = desk.colleague(agency=desk.member.agency, role=Role.ANALYST)
    with pytest.raises(NotAllowed):
        desk.ask(by=analyst)


def test_another_partnerships_document_is_not_there(desk, browser, files) -> None:
    """ACC-6: neither by its own address nor by ours."""
    other = a_desk("Nadia Brook")
    made = other.made()
    assert browser.get(at(other, "detail", made)).status_code == 404
    assert browser.get(at(desk, "detail", made)).status_code == 404
    assert browser.get(at(desk, "download", made)).status_code == 404


def test_nobody_signed_in_is_asked_to(desk, client, files) -> None:
    """ACC-1."""
    answer = client.get(at(desk, "download", desk.made()))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_only_who_asked_may_stop_it_or_ask_again(desk, client, files) -> None:
    """EHA-9: it is made of what they may see."""
    document = desk.ask()
    with tenant_scope(desk.partnership.pk):
        near = make_member(role=Role.PRACTITIONER, agency=desk.member.agency, name="Ben Holt")
    sign_in(client, near.user, agency=near.agency)
    assert "Cancel this document" not in client.get(at(desk, "detail", document)).content.decode()
    assert client.post(at(desk, "cancel", document)).status_code == 403
    assert client.post(at(desk, "ask_again", document)).status_code == 403
    assert desk.again(document).state == DocumentState.ASKED


def test_stopped_and_asked_again_by_buttons(desk, browser, files) -> None:
    """EHA-9: each leads back to the page, which says what is so."""
    document = desk.ask()
    answer = browser.post(at(desk, "cancel", document), follow=True)
    assert "was cancelled" in answer.content.decode()
    assert "Make it after all" in answer.content.decode()
    answer = browser.post(at(desk, "ask_again", document), follow=True)
    assert "waiting for its turn" in answer.content.decode()
    for name in ("cancel", "ask_again"):
        assert browser.get(at(desk, name, document)).status_code == 405


def test_not_ready_is_a_clash_and_not_a_file(desk, browser, files) -> None:
    """409: the sentence says what state it is in."""
    assert browser.get(at(desk, "download", desk.ask())).status_code == 409


@pytest.mark.parametrize("harm", ["changed", "missing", "cut", "empty"])
def test_a_file_that_is_not_what_was_kept_is_never_given_out(desk, browser, files, caplog, harm) -> None:
    """EHA-9: its hash is compared each time; the page says so, the log holds ids, and it can be made anew."""
    made = desk.made()
    (file,) = files()
    match harm:
        case "changed":
            file.write_bytes(file.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))
        case "missing":
            file.unlink()
        case "cut":
            file.write_bytes(file.read_bytes()[:-1])
        case "empty":
            file.write_bytes(b"")
    answer = browser.get(at(desk, "download", made))
    assert answer.status_code == 410
    assert "not given out" in answer.content.decode()
    assert "Try again" in answer.content.decode()
    assert str(made.pk) in caplog.text
    assert downloads(desk) == 0
    assert desk.again(made).state == DocumentState.FAILED
    browser.post(at(desk, "ask_again", made))
    assert desk.make(made).state == DocumentState.READY
    assert browser.get(at(desk, "download", made)).status_code == 200
    assert len(files()) == 1


def test_a_head_request_on_a_damaged_file_says_so_too(desk, browser, files) -> None:
    """EHA-9."""
    made = desk.made()
    files()[0].unlink()
    assert browser.head(at(desk, "download", made)).status_code == 410


def test_the_list_shows_the_newest_first_and_no_cancelled_ones(desk, files) -> None:
    """EHA-9: where the subject's page shows what was made of it."""
    first, second = desk.made(), desk.ask()
    desk.do(services.cancel, second)
    third = desk.ask()
    assert [document.pk for document in desk.list()] == [third.pk, first.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_one_query(desk, files, count, django_assert_num_queries) -> None:
    """Lists: a literal count, with one row and with three."""
    for _ in range(count):
        document = desk.ask()
        with tenant_scope(desk.partnership.pk):
            document.fail(failure="It could not be made.")
            document.save()
    with tenant_scope(desk.partnership.pk), django_assert_num_queries(1):
        found = queries.visible_documents(desk.actor, "sample", desk.subject_id)
        assert len([document.asked_by.full_name for document in found]) == count


def test_the_list_on_a_page(desk, files) -> None:
    """EHA-9: state in words beside each, never a colour alone."""
    desk.made()
    desk.ask()
    page = render_to_string("documents/list.html", {"documents": desk.list(), "partnership": desk.partnership})
    assert "Ready" in page
    assert "Waiting to be made" in page
    assert "Asked for by Asha Okafor" in page
    assert "No document" in render_to_string("documents/list.html", {"documents": [], "partnership": desk.partnership})


def test_a_long_title_is_cut_and_an_empty_one_is_the_kinds(desk, files) -> None:
    """Bad input: what no column could hold."""
    assert desk.ask().title == "Sample assessment"
    assert len(desk.ask(title="x" * 500, subject_id=desk.partnership.pk).title) == 200


def test_unknown_kinds_have_no_page_to_lead_back_to(desk) -> None:
    """A registry that nobody filled refuses, and breaks nothing."""
    assert kinds.subject_url("x", Document(kind="unknown")) == ""
