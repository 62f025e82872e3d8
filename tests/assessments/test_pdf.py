"""An approved assessment of the real form on paper, by the real renderer (EHA-7, EHA-9, CON-2, trust 17, 20, 21)."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from assessments import panels, services
from assessments.enums import AssessmentState
from consent import services as consent
from consent.models import Consent
from foundation.accounts.models import User
from foundation.audit.models import AccessEntry, AuditEntry
from foundation.common.errors import NotAllowed, NotThere
from foundation.documents import checks, kinds
from foundation.documents import queries as documents
from foundation.documents import services as papers
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document
from foundation.formdefs import definitions
from foundation.tenancy.scope import tenant_scope
from tests.assessments.stage import Gallery, Stage, a_case, approve, fill, kept_for_a_module, library_form
from tests.documents.conftest import tags
from tests.factories import make_partnership, sign_in
from tests.walks import children_of, make_consent, make_form, make_scene

LEFT_OUT = "Something has been left out."
TITLES = [page["title"] for page in library_form()["pages"]]
NASTY = [
    "<script>alert(1)</script>",
    "<img src=http://outside.example/x.png>",
    "<a rel=attachment href=file:///etc/passwd>x</a>",
    "</style><link rel=stylesheet href=//outside.example>",
    "{{ 7|add:7 }}{% load static %}",
    "%PDF-1.7 ) Tj (",
]


class Paper(Stage):
    """The seventeen pages of the library's form filled, approved, and made into a PDF for the lead and the school.

    Consent lets the school know of the mother and Ella, and not of Kofi.
    """

    def __init__(self) -> None:
        self.partnership = make_partnership(name="Fernshire Safeguarding Children Partnership")
        with self.scope():
            self.scene = make_scene(form=None)
            make_form(library_form())
            self.case, self.assessment = a_case(self.scene, covered=[0, 1])
            fill(self.scene.actor("lead"), self.assessment, {"worried": "\n\n".join(NASTY)})
            approve(self.scene, self.assessment, views="We feel heard, mostly.", comment="Clear and kind.")
        self.made = {who: self.make(who) for who in ("lead", "teacher")}

    def make(self, who: str) -> Document:
        with self.scope():
            asked = services.ask_for_pdf(by=self.scene.actor(who), assessment_id=self.assessment.pk)
        papers.render(partnership_id=self.partnership.pk, document_id=asked.pk)
        with self.scope():
            made = Document.objects.get(pk=asked.pk)
        assert made.state == DocumentState.READY, made.failure
        return made

    def bytes(self, who: str) -> bytes:
        with self.scope():
            content = papers.download(by=self.scene.actor(who), document_id=self.made[who].pk, reading=False).content
        assert content
        return content

    def at(self, name: str, who: str) -> str:
        kwargs = {"partnership": self.partnership.slug, "document_id": self.made[who].pk}
        return reverse(f"documents:{name}", kwargs=kwargs)


@pytest.fixture(scope="module")
def paper(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    place = {**django_settings.STORAGES["default"]["OPTIONS"], "location": str(tmp_path_factory.mktemp("paper"))}
    storages = {**django_settings.STORAGES, "default": {**django_settings.STORAGES["default"], "OPTIONS": place}}
    with override_settings(STORAGES=storages), kept_for_a_module(django_db_blocker):
        yield Paper()


@pytest.fixture(autouse=True)
def undone(db: None) -> None:
    """Each test undoes what it did to the paper."""


def words(document: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def headings(document: bytes) -> list[tuple[int, str]]:
    """The document's outline: each heading with its depth, in order."""

    def walk(entries: list[Any], depth: int) -> Iterator[tuple[int, str]]:
        for one in entries:
            if isinstance(one, list):
                yield from walk(one, depth + 1)
            else:
                yield depth, str(one.title)

    return list(walk(PdfReader(io.BytesIO(document)).outline, 1))


@pytest.mark.parametrize("who", ["lead", "teacher"])
def test_it_holds_all_that_a_screen_reader_needs(paper: Paper, who: str) -> None:
    """Trust 21: title, language, tags, headings that skip no level, headers of tables; 0 errors."""
    document = paper.bytes(who)
    assert checks.problems(document) == []
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert str(pdf.docinfo.Title) == "Early Help Assessment"
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        assert "/OpenAction" not in pdf.Root


def test_its_headings_are_those_of_the_form_in_order(paper: Paper) -> None:
    """EHA-2, trust 21: one title; the family; every section of the form; the family's views; the manager's comment."""
    found = headings(paper.bytes("lead"))
    assert [title for depth, title in found if depth == 1] == ["Early Help Assessment"]
    assert [title for depth, title in found if depth == 2] == [
        "The family", *TITLES, "The family’s views of this assessment", "The manager’s comment",
    ]  # fmt: skip
    standing = [tag for tag, _ in tags(paper.bytes("lead")) if re.fullmatch("/H[1-6]", tag)]
    assert standing == [f"/H{depth}" for depth, _ in found]


def test_every_header_of_a_table_says_what_it_heads(paper: Paper) -> None:
    """Trust 21: columns and rows, in the structure tree; no table without any."""
    found = tags(paper.bytes("lead"))
    heads = [facts["scope"] for tag, facts in found if tag == "/TH"]
    assert set(heads) == {"/Column", "/Row"}
    assert sum(tag == "/Table" for tag, _ in found) > 10
    assert len(heads) > 2 * sum(tag == "/Table" for tag, _ in found)


def test_its_text_copies_out_in_reading_order(paper: Paper) -> None:
    """EHA-9: facts, people, each section with its answers, views, comment."""
    text = words(paper.bytes("lead"))
    order = [
        "Early Help Assessment", "Made for", "Lena Ward, Fernshire Early Help", "Abara family", paper.case.reference,
        "by Mariam Oyelaran", "Confidential.", "The family", "Joanna Abara", "Adult", "Ella Abara", "Child",
        "Kofi Abara", *TITLES, "The family’s views of this assessment", "Agreed by Joanna Abara",
        "We feel heard, mostly.", "The manager’s comment", "Clear and kind.",
    ]  # fmt: skip
    place = -1
    for one in order:
        place = text.find(one, place + 1)
        assert place >= 0, f"{one} is missing, or stands too early"


def test_every_answer_is_on_it(paper: Paper) -> None:
    """EHA-2: whatever kind of question: text, choice, scale, number with its unit, date, person."""
    text = words(paper.bytes("lead"))
    for page in definitions.parse(library_form()):
        for field in page:
            if field.kind == "long_text" and field.condition is None and field.key != "worried":
                assert f"Words on {field.key.replace('_', ' ')} of Joanna Abara." in text, field.key
    assert "6 out of 10" in text
    assert "7%" in text
    assert "3 April 2026" in text
    assert "Words on voice of Kofi Abara." in text


def test_somebody_whom_consent_hides_is_absent_and_the_paper_says_that_something_is(paper: Paper) -> None:
    """EHA-9, CON-2: no name, no word, no key of Kofi in the school's; not even in its depths. The lead's is whole."""
    school, lead = paper.bytes("teacher"), paper.bytes("lead")
    kofi = str(children_of_in(paper)[1].pk)
    text = words(school)
    assert "Kofi" in words(lead)
    assert "Kofi" not in text
    assert "Words on voice of Ella Abara." in text
    assert LEFT_OUT in text
    assert LEFT_OUT not in words(lead)
    assert "Tomasz Nowak, Fernbank Primary School" in text
    with pikepdf.open(io.BytesIO(school)) as pdf:
        raw = b"".join(
            obj.read_bytes() for obj in pdf.objects if isinstance(obj, pikepdf.Stream) and "/Length1" not in obj
        )
        everything = raw + b" ".join(repr(obj).encode() for obj in pdf.objects)
    assert b"Kofi" not in everything
    assert kofi.encode() not in everything
    assert [title for _, title in headings(school) if "Kofi" in title] == []


def children_of_in(paper: Paper) -> list[Any]:
    with paper.scope():
        return children_of(paper.case)


def test_hostile_words_are_printed_and_none_is_run(paper: Paper) -> None:
    """Trust 17, 20: nothing fetched, attached or evaluated; it reads as it was typed."""
    text = words(paper.bytes("lead")).replace(" ", "")
    for one in NASTY:
        assert one.replace(" ", "") in text
    assert "root:" not in text
    with pikepdf.open(io.BytesIO(paper.bytes("lead"))) as pdf:
        kinds_of = {str(obj.get("/S", "")) for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary)}
    assert not kinds_of & {"/JavaScript", "/Launch", "/URI", "/GoToR"}


def test_making_and_reading_it_stand_in_the_trail(paper: Paper) -> None:
    """EHA-9, FAM-8: who asked, that it was made, each download and each look."""
    paper.as_("lead").get(paper.at("download", "lead"))
    with paper.scope():
        told = AuditEntry.objects.filter(subject_id=paper.made["lead"].pk).values_list("verb", flat=True)
        looked = AccessEntry.objects.filter(subject_id=paper.made["lead"].pk, how="download")
        assert {"document.asked", "document.finished", "document.downloaded"} <= set(told)
        assert [entry.user_id for entry in looked] == [paper.scene.lead.user_id]


def test_withdrawal_closes_page_and_file_at_once(paper: Paper) -> None:
    """CON-2: the school downloaded it a moment ago; its next click finds nothing. The lead's own stays."""
    teacher = paper.as_("teacher")
    assert teacher.get(paper.at("download", "teacher")).status_code == 200
    with paper.scope():
        given = Consent.objects.get(case=paper.case)
        consent.withdraw(
            by=paper.scene.actor("lead"), consent_id=given.pk, told_by="Joanna", agencies=[paper.scene.school]
        )
    for name in ("detail", "progress", "download"):
        answer = teacher.get(paper.at(name, "teacher"))
        assert answer.status_code == 404
        assert b"%PDF" not in answer.content
    assert paper.as_("lead").get(paper.at("download", "lead")).status_code == 200


def test_a_further_consent_makes_the_older_paper_out_of_date(paper: Paper) -> None:
    """EHA-9: the school may know of Kofi now; its paper without him is given out no more, and a new one is whole."""
    teacher = paper.as_("teacher")
    with paper.scope():
        by = paper.scene.actor("teacher")
        before = panels.pdf_view_key(by, paper.made["teacher"])
        assert before == paper.made["teacher"].view_key
        given, kofi = make_consent(paper.scene), children_of(paper.case)[1]
        consent.open_doors(by=paper.scene.actor("screener"), consent_id=given.pk, case=paper.case, people=[kofi])
        assert panels.pdf_view_key(by, paper.made["teacher"]) != before
        context = panels.pdf_context(by, paper.made["teacher"])
    assert teacher.get(paper.at("download", "teacher")).status_code == 403
    page = teacher.get(paper.at("detail", "teacher")).content.decode()
    assert "Out of date" in page
    assert paper.at("download", "teacher") not in page
    assert (context["left_out"], [one.name for one in context["people"]][-1]) == (False, "Kofi Abara")


@pytest.mark.parametrize("who", ["nurse", "lead"])
def test_the_schools_paper_is_nobody_elses(paper: Paper, who: str) -> None:
    """EHA-9: another agency may read the assessment, and asks for a paper of its own."""
    client = paper.as_(who)
    for name in ("detail", "download"):
        assert client.get(paper.at(name, "teacher")).status_code == 404
    with paper.scope(), pytest.raises(NotThere):
        documents.document_for(paper.scene.actor(who), paper.made["teacher"].pk)


def test_a_colleague_reads_what_their_agency_asked_for(paper: Paper) -> None:
    """EHA-9: the case page lists it for everybody of the agency, and for no other."""
    with paper.scope():
        listed = {
            who: [
                one.pk for one in documents.visible_documents(paper.scene.actor(who), "assessment", paper.assessment.pk)
            ]
            for who in ("lead", "colleague", "manager", "teacher", "nurse")
        }
    ours = [paper.made["lead"].pk]
    assert listed == {
        "lead": ours, "colleague": ours, "manager": ours, "teacher": [paper.made["teacher"].pk], "nurse": [],
    }  # fmt: skip


def test_it_stands_as_it_was_approved(paper: Paper) -> None:
    """EHA-7: a lead who married since, a family that took another name: a new paper bears the names of that day."""
    with paper.scope():
        User.objects.filter(pk=paper.scene.lead.user_id).update(full_name="Married Name")
        person = children_of(paper.case)[0]
        person.given_name = "Renamed"
        person.save()
        context = panels.pdf_context(paper.scene.actor("lead"), paper.made["lead"])
        assert context["frozen"]["author"] == "Lena Ward"
        assert [one.name for one in context["people"]] == ["Joanna Abara", "Ella Abara", "Kofi Abara"]


@pytest.mark.parametrize("state", list(AssessmentState))
def test_the_kind_shows_nothing_before_approval(gallery: Gallery, db: None, state: AssessmentState) -> None:
    """EHA-9: asked each time, of each document: only what is approved, and only to who may see it now."""
    with gallery.scope():
        document = Document(kind="eha", subject_kind="assessment", subject_id=gallery.ids[state])
        for who in ("lead", "teacher", "nurse"):
            by = gallery.scene.actor(who)
            document.asked_for_agency = by.agency_id
            assert kinds.may_see(by, document) == (state == AssessmentState.APPROVED)
        document.asked_for_agency = gallery.scene.school.pk
        assert not kinds.may_see(gallery.scene.actor("lead"), document)


def test_another_partnership_finds_nothing(paper: Paper) -> None:
    """Trust 1: not under its own address, not under this one, not for its services."""
    elsewhere = make_partnership()
    with tenant_scope(elsewhere.pk):
        there = make_scene()
        for act in (papers.download, papers.cancel):
            with pytest.raises(NotThere):
                act(by=there.actor("lead"), document_id=paper.made["lead"].pk)
        with pytest.raises((NotThere, NotAllowed)):
            services.ask_for_pdf(by=there.actor("lead"), assessment_id=paper.assessment.pk)
    stranger = sign_in(Client(), there.user("lead"))
    for slug in (elsewhere.slug, paper.partnership.slug):
        assert stranger.get(f"/{slug}/documents/{paper.made['lead'].pk}/").status_code == 404


def test_asking_twice_gives_the_same_paper_while_it_is_made(paper: Paper) -> None:
    """Double submit: one document under way, and the page of it both times."""
    lead = paper.as_("lead")
    first, second = (lead.post(paper.url("pdf"))["Location"] for _ in range(2))
    assert first == second
    assert lead.get(first).status_code == 200


def test_the_long_form_is_read_in_a_literal_number_of_queries(paper: Paper, gallery: Gallery) -> None:
    """Pages: seventeen sections cost as many queries as two."""
    for stage in (paper, gallery.stage(AssessmentState.APPROVED)):
        lead = stage.as_("lead")
        lead.get(stage.url("read"))
        counted = {}
        for name in ("detail", "read", "check"):
            with CaptureQueriesContext(connection) as asked:
                assert lead.get(stage.url(name)).status_code == 200
            counted[name] = sum(not re.search("SAVEPOINT|set_config", query["sql"]) for query in asked)
        assert counted == {"detail": 8, "read": 8, "check": 11}
