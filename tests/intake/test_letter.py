"""The letter to a sender whom no message reached, by the real renderer (INT-9, trust 17, trust 21)."""

from __future__ import annotations

import io
import subprocess

import pikepdf
import pytest

from foundation.common import clock
from foundation.documents import checks
from foundation.documents import services as papers
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document
from foundation.tenancy.models import Partnership
from intake import services
from intake.models import Enquiry
from tests.documents.conftest import tags
from tests.intake.places import Place
from tests.intake.test_telling import SECRETS, WEDNESDAY


def letter_of(site: Place, preset: str = "") -> tuple[Enquiry, bytes]:
    with clock.at(WEDNESDAY), site.scope():
        if preset:
            site.limits(preset=preset)
        enquiry = site.decide(site.taken())
        asked = services.ask_for_letter(by=site.actor("screener"), enquiry_id=enquiry.pk)
    papers.render(partnership_id=site.partnership.pk, document_id=asked.pk)
    with site.scope():
        made = Document.objects.get(pk=asked.pk)
        assert made.state == DocumentState.READY, made.failure
        content = papers.download(by=site.actor("screener2"), document_id=made.pk).content
    assert content
    return enquiry, content


def words(document: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.fixture
def site_with_numbers(site: Place) -> Place:
    with site.scope():
        words = {"front_door": "Early Help Front Door", "out_of_hours_phone": "01632 960 999"}
        assert Partnership.objects.filter(pk=site.partnership.pk).update(**words) == 1
    return site


def test_it_says_what_the_sender_needs_and_no_more(site_with_numbers: Place, settings) -> None:
    """INT-9: to whom, the reference, that it is decided, where to read it, whom to ring; of the family nothing."""
    enquiry, document = letter_of(site_with_numbers, preset="derby")
    text = words(document)
    slug = site_with_numbers.partnership.slug
    for said in (
        "A decision was made on your enquiry", "Idris Pemberton, Fernbank Primary", enquiry.reference, "13 May 2026",
        "Where to read it", "Whom to ring", "ring the Early Help Front Door", "ring MASH", "ring 01632 960 999",
        "Lighthouse", f"{settings.PUBLIC_ADDRESS}/{slug}/enquiries/sent/",
    ):  # fmt: skip
        assert said in text, said
    for secret in (*SECRETS, "Confidential", "personal information about a family", enquiry.reason, "Assessment"):
        assert secret not in text, secret
    assert "UNDEFINED" not in text


def test_it_holds_all_that_a_screen_reader_needs(site: Place) -> None:
    """Trust 21: title, language, tags, headings that skip no level, headers of tables; 0 errors."""
    _enquiry, document = letter_of(site)
    assert checks.problems(document) == []
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert str(pdf.docinfo.Title) == "Letter about a decision"
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert len(pdf.pages) == 1
    found = tags(document)
    assert [tag for tag, _ in found if tag in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2", "/H2"]
    assert {facts["scope"] for tag, facts in found if tag == "/TH"} == {"/Row"}


def test_without_other_numbers_it_names_none(site: Place) -> None:
    """INT-9: a partnership without a policy or an out-of-hours number."""
    _enquiry, document = letter_of(site)
    assert "Outside office hours" not in words(document)
