"""What a PDF must hold before it is kept, and that a PDF which lacks it is found (trust 21)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML, Attachment

from foundation.documents import checks, faults, tagging
from tests.documents.conftest import tags

GOOD = """<h1>One</h1><p>Words</p><h2>Two</h2><h3>Three</h3><h2>Two again</h2>
<table><caption>People</caption><thead><tr><th scope="col">Name</th><th>Part</th></tr></thead>
<tbody><tr><th scope="row">Ada</th><td>Child</td></tr></tbody></table>
<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" alt="A dot">"""


def pdf_of(body: str, *, lang: str = "en-GB", title: str = "A title", head: str = "", **options) -> bytes:
    page = f"<html lang='{lang}'><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", finisher=tagging.finish, **options)


def changed(document: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        change(pdf)
        kept = io.BytesIO()
        pdf.save(kept)
    return kept.getvalue()


@pytest.fixture(scope="module")
def good() -> bytes:
    return pdf_of(GOOD)


def test_a_good_document_passes(good) -> None:
    """Trust 21: title, language, marks, headings, headers, words for pictures, typefaces inside: 0 errors."""
    assert checks.problems(good) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p>No heading</p>", "no-headings"),
        ("<h2>Two</h2>", "first-heading"),
        ("<h2>Two</h2><h1>One</h1>", "first-heading"),
        ("<h1>One</h1><h3>Three</h3>", "skipped-heading"),
        ("<h1>One</h1><h2>Two</h2><h4>Four</h4>", "skipped-heading"),
        ("<h1>One</h1><table><tr><td>x</td></tr></table>", "table-without-headers"),
        ("<h1>One</h1><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>", "figure-without-words"),
    ],
)
def test_what_the_structure_lacks_is_found(body, code) -> None:
    """Trust 21: WeasyPrint warns of none of these."""
    assert checks.problems(pdf_of(body)) == [code]


def test_a_table_inside_a_table_needs_headers_of_its_own() -> None:
    """Trust 21: the outer table's headers are not the inner one's."""
    inner = "<table><tr><td>x</td></tr></table>"
    body = f"<h1>One</h1><table><tr><th scope='row'>a</th><td>{inner}</td></tr></table>"
    assert checks.problems(pdf_of(body)) == ["table-without-headers"]


@pytest.mark.parametrize("space", [184, 190, 196])
def test_a_caption_never_stands_alone_at_the_foot_of_a_page(space) -> None:
    """Trust 21, EHA-9: it would be a table without headers, and the whole document would be refused."""
    css = (Path(checks.__file__).parent / "pdf.css").read_text()
    row = f"<tr><th scope='row'>What is a day like?</th><td><p>{'Up at six, no breakfast. ' * 20}</p></td></tr>"
    table = GOOD[GOOD.index("<table") : GOOD.index("<tr><th scope")] + row * 3 + "</tbody></table>"
    body = f"<h1>One</h1><h2>Two</h2><div style='height: {space}mm'></div><h3>Three</h3><h4>Four</h4>{table}"
    assert checks.problems(pdf_of(body, head=f"<style>{css}</style>")) == []


def test_a_missing_title_or_language_is_found() -> None:
    """Trust 21: both stand in the head of the page that somebody forgot."""
    assert "no-title" in checks.problems(pdf_of(GOOD, title=""))
    assert "no-title" in checks.problems(pdf_of(GOOD, title="  "))
    assert "no-language" in checks.problems(pdf_of(GOOD, lang=""))


def _untag(pdf: pikepdf.Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def _unscope(pdf: pikepdf.Pdf) -> None:
    for element in pdf.objects:
        if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/TH":
            del element["/A"]


def _take_typefaces_out(pdf: pikepdf.Pdf) -> None:
    for element in pdf.objects:
        if isinstance(element, pikepdf.Dictionary) and element.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in element:
                    del element[key]


def _hide_title(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/ViewerPreferences"]


def _say_nothing_of_ua(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Metadata"]


def _run_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_untag, "not-tagged"),
        (_say_nothing_of_ua, "not-tagged"),
        (_unscope, "header-without-scope"),
        (_take_typefaces_out, "font-not-embedded"),
        (_hide_title, "no-title"),
        (_run_a_script, "carries-a-script"),
    ],
)
def test_what_is_taken_away_or_put_in_afterwards_is_found(good, change, code) -> None:
    """Trust 20 and 21: the checks look at the file, not at the page that it was made of."""
    assert checks.problems(changed(good, change)) == [code]


def test_a_file_that_is_carried_along_is_found() -> None:
    """Trust 20: 0 files."""
    carrying = pdf_of(GOOD, attachments=[Attachment(string="secret", name="x.txt")])
    assert "carries-a-file" in checks.problems(carrying)


def test_what_is_no_pdf_is_found() -> None:
    """Trust 21: half a file, or another one."""
    assert checks.problems(b"") == ["unreadable"]
    assert checks.problems(b"<html>") == ["unreadable"]


def test_every_code_has_its_words() -> None:
    """The sentence that people read is made of them; a code without words would end in an error instead."""
    source = checks.__loader__.get_source(checks.__name__)
    assert all(f'"{code}"' in source for code in faults.WORDS)


def test_each_header_says_what_it_heads(good) -> None:
    """Trust 21: a column where nothing else is said, a row where the page says so."""
    scopes = [facts["scope"] for tag, facts in tags(good) if tag == "/TH"]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_cells_know_their_headers(good) -> None:
    """Trust 21: read aloud, a cell can be asked whose and what it is."""
    assert [facts["headers"] for tag, facts in tags(good) if tag == "/TD"] == [2]


def test_running_headers_and_footers_are_not_read_out() -> None:
    """Trust 21: what stands on every page is an artifact, and no mark is left without an owner."""
    head = "<style>@page { size: A6; @bottom-right { content: 'Page ' counter(page) } }</style>"
    document = pdf_of("<h1>One</h1>" + "<p>Some words that fill the page.</p>" * 60, head=head)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) > 2
        for page in pdf.pages:
            marks = [
                [str(operand) for operand in operands]
                for operands, operator in pikepdf.parse_content_stream(page)
                if str(operator) in {"BDC", "BMC"}
            ]
            assert any(mark[0] == "/Artifact" and "Pagination" in mark[-1] for mark in marks)
        numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
        owners = [owner for place in range(len(pdf.pages)) for owner in numbers[2 * place + 1]]
        assert any(owner is None for owner in owners)
    assert checks.problems(document) == []


def test_long_tables_keep_their_headers_on_every_page() -> None:
    """Trust 21: a table that breaks is several in the structure; each has its headers."""
    rows = "".join(f"<tr><th scope='row'>Row {row}</th><td>{'Words. ' * (row % 40)}</td></tr>" for row in range(120))
    head = "<thead><tr><th scope='col'>Row</th><th scope='col'>Words</th></tr></thead>"
    assert checks.problems(pdf_of(f"<h1>One</h1><table>{head}<tbody>{rows}</tbody></table>")) == []
    tall = f"<table><tr><th scope='row'>Row</th><td>{'Many words in one cell. ' * 2000}</td></tr></table>"
    assert checks.problems(pdf_of(f"<h1>One</h1>{tall}")) == []
