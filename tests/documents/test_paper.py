"""The page that every PDF is made of: `pdf/base.html` (EHA-9, trust 17 and 21)."""

from __future__ import annotations

import io
import re
import subprocess

import pikepdf
import pytest
from pypdf import PdfReader

from foundation.documents import checks, services
from foundation.tenancy.scope import tenant_scope
from tests.documents.conftest import tags


@pytest.fixture
def paper(desk, files):
    """Make the sample document and hand out its bytes."""
    return lambda: desk.do(services.download, desk.made()).content


def words_of(document: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_its_text_copies_out_in_reading_order(paper, sample) -> None:
    """EHA-9: heading by heading, as it stands on the page."""
    sample.context["people"] = [("Ada Fenwick-Test", "Child"), ("Joel Fenwick-Test", "Parent")]
    text = words_of(paper())
    order = [
        "Sample assessment", "Made for", "Asha Okafor", "Made on", "Reference", "DOC-", "Confidential.",
        "What we are worried about", "Ada is often late.", "Who lives at home", "Name", "Part",
        "Ada Fenwick-Test", "Child", "Joel Fenwick-Test", "Parent",
    ]  # fmt: skip
    places = []
    for words in order:
        places.append(text.index(words, places[-1] + 1 if places else 0))
    assert places == sorted(places)


def test_its_structure_reads_in_the_same_order(paper) -> None:
    """Trust 21: title, language, headings and table headers in the structure tree."""
    document = paper()
    assert checks.problems(document) == []
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title) == "Sample assessment"
        assert re.search(rb"pdfuaid:part\W+1\b", pdf.Root.Metadata.read_bytes())
    standing = [tag for tag, _ in tags(document) if re.fullmatch("/H[1-6]|/Table|/TH", tag)]
    assert standing == ["/H1", "/Table", "/TH", "/TH", "/TH", "/H2", "/H2", "/Table", "/TH", "/TH", "/TH"]


def test_it_is_a4_and_numbers_its_pages(paper, sample) -> None:
    """EHA-9: paginated; every page says which of how many, whose it is, its reference, and that it is confidential."""
    sample.context["worry"] = "Words enough for several pages.\n\n" * 200
    reader = PdfReader(io.BytesIO(paper()))
    assert len(reader.pages) > 2
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"Page {number} of {len(reader.pages)}" in text
        assert "Confidential: personal information about a family" in text
        assert "DOC-" in text


def test_it_carries_the_partnerships_name_and_colour(paper, desk) -> None:
    """EHA-9: the partnership's own paper."""
    desk.partnership.colour = "#00703c"
    with tenant_scope(desk.partnership.pk):
        desk.partnership.save()
    document = paper()
    assert desk.partnership.name in words_of(document)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        colours = [
            [round(float(part), 2) for part in operands]
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) in {"rg", "scn", "RG", "SCN"} and len(operands) == 3
        ]
    assert [0, 0.44, 0.24] in colours


def test_a_colour_that_is_none_cannot_write_css(paper, desk) -> None:
    """Trust 17: what an administrator typed reaches the stylesheet as six digits or not at all."""
    desk.partnership.colour = "red;}x"
    with tenant_scope(desk.partnership.pk):
        desk.partnership.save()
    assert checks.problems(paper()) == []


def test_it_bears_no_crest_and_no_font_that_is_not_ours(paper) -> None:
    """Practice model: this is not a gov.uk service; libraries, font and crest."""
    document = paper()
    fonts = {str(font) for font in re.findall(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", document)}
    with pikepdf.open(io.BytesIO(document)) as pdf:
        for page in pdf.pages:
            fonts |= {str(font.BaseFont) for font in dict(page.resources.Font).values()}
            assert not dict(page.resources.get("/XObject", {}))
    assert fonts
    assert not any("GDS" in font or "Transport" in font for font in fonts)


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{ 7|add:7 }}",
    "{% load static %}",
    "<a rel=attachment href=file:///etc/passwd>x</a>",
    "</style><script>x</script>",
    "<link rel=attachment href=file:///etc/passwd>",
    "@import url(http://x/)",
    "&lt;b&gt;",
    "]]><x>",
    "%PDF-1.7",
    "\\) Tj (",
]


def test_whatever_somebody_typed_is_printed_and_nothing_of_it_is_run(paper, sample) -> None:
    """Trust 17: in a long answer and in a name."""
    sample.context["worry"] = "\n\n".join(PAYLOADS)
    sample.context["people"] = [(payload, "Child") for payload in PAYLOADS]
    document = paper()
    text = words_of(document).replace(" ", "")  # a narrow cell breaks a long one
    for payload in PAYLOADS:
        assert text.count(payload.replace(" ", "")) >= 2, payload
    assert "root:" not in text
    assert not {"carries-a-file", "carries-a-script"} & set(checks.problems(document))


@pytest.mark.parametrize("name", ["Zoë Ångström", "נועם כהן", "نور", "Łukasz Żółw", "Ольга", "\U0001f600 Ada"])
def test_names_of_many_scripts_stand_on_paper(paper, sample, name) -> None:
    """EHA-9: emoji and right-to-left names."""
    sample.context["people"] = [(name, "Child")]
    assert set(name) - {" "} <= set(words_of(paper()))


def test_control_characters_do_no_harm(paper, sample) -> None:
    """Bad input: what a keyboard cannot type still comes in by paste."""
    sample.context["worry"] = "Before\x00\x01\x0b\x1f\ufffe after \u202e turned \u2066"
    assert "Before" in words_of(paper())
