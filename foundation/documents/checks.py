"""What a finished PDF must hold before it is kept (EHA-9, trust 20 and 21). Knows no Django.

WeasyPrint says nothing of a missing title, a skipped heading or a picture without words, so we look ourselves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pikepdf

_HEADINGS = {f"/H{level}": level for level in range(1, 7)}
_TYPEFACES = {"/FontFile", "/FontFile2", "/FontFile3"}


@dataclass
class _Seen:
    headings: list[int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)  # header cells of each table
    found: set[str] = field(default_factory=set)


def problems(document: bytes) -> list[str]:
    """The codes (keys of `faults.WORDS`) of everything that is wrong with a PDF, sorted; none, and it is good."""
    try:
        with pikepdf.open(io.BytesIO(document)) as pdf:
            return sorted(_of_catalogue(pdf) | _of_structure(pdf) | _of_fonts(pdf) | _of_passengers(pdf))
    except pikepdf.PdfError:
        return ["unreadable"]


def _of_catalogue(pdf: pikepdf.Pdf) -> set[str]:
    found = set()
    if not str(pdf.docinfo.get("/Title", "")).strip() or not _flag(
        pdf.Root.get("/ViewerPreferences"), "/DisplayDocTitle"
    ):
        found.add("no-title")
    if not str(pdf.Root.get("/Lang", "")).strip():
        found.add("no-language")
    metadata = pdf.Root.get("/Metadata")
    says_so = metadata is not None and b"pdfuaid" in metadata.read_bytes()
    if not _flag(pdf.Root.get("/MarkInfo"), "/Marked") or "/StructTreeRoot" not in pdf.Root or not says_so:
        found.add("not-tagged")
    return found


def _flag(dictionary: Any, key: str) -> bool:
    return dictionary is not None and bool(dictionary.get(key, False))


def _of_structure(pdf: pikepdf.Pdf) -> set[str]:
    seen = _Seen()
    for tag, element, table in _elements(pdf.Root.get("/StructTreeRoot"), seen):
        if tag in _HEADINGS:
            seen.headings.append(_HEADINGS[tag])
        elif tag == "/TH":
            if table is not None:
                seen.tables[table] += 1
            if not _has_scope(element):
                seen.found.add("header-without-scope")
        elif tag == "/Figure" and not str(element.get("/Alt", "")).strip():
            seen.found.add("figure-without-words")
    if 0 in seen.tables:
        seen.found.add("table-without-headers")
    return seen.found | _of_headings(seen.headings)


def _of_headings(levels: list[int]) -> set[str]:
    if not levels:
        return {"no-headings"}
    found = set()
    if levels[0] != 1:
        found.add("first-heading")
    if any(after > before + 1 for before, after in pairwise(levels)):
        found.add("skipped-heading")
    return found


def _elements(root: Any, seen: _Seen) -> Iterator[tuple[str, Any, int | None]]:
    """Every structure element in reading order, with the number of the table that it stands in."""
    waiting: list[tuple[Any, int | None]] = [(kid, None) for kid in reversed(_kids(root))]
    while waiting:
        element, table = waiting.pop()
        tag = str(element.get("/S", ""))
        if tag == "/Table":
            seen.tables.append(0)
            table = len(seen.tables) - 1
        yield tag, element, table
        waiting.extend((kid, table) for kid in reversed(_kids(element)))


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K") if element is not None else None
    if isinstance(kids, pikepdf.Dictionary):
        kids = [kids]
    elif not isinstance(kids, pikepdf.Array):
        return []
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _has_scope(element: Any) -> bool:
    attributes = element.get("/A")
    return isinstance(attributes, pikepdf.Dictionary) and str(attributes.get("/Scope")) in {"/Row", "/Column", "/Both"}


def _of_fonts(pdf: pikepdf.Pdf) -> set[str]:
    checked = set()
    for page in pdf.pages:
        for font in dict(page.resources.get("/Font", {})).values():
            if font.objgen in checked:
                continue
            checked.add(font.objgen)
            carrier = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
            descriptor: Any = carrier.get("/FontDescriptor", {})
            inside = _TYPEFACES & set(descriptor.keys())
            if font.get("/Subtype") != "/Type3" and not inside:
                return {"font-not-embedded"}
    return set()


def _of_passengers(pdf: pikepdf.Pdf) -> set[str]:
    found = set()
    names: Any = pdf.Root.get("/Names", {})
    annotations = [note for page in pdf.pages for note in page.get("/Annots", [])]
    if "/EmbeddedFiles" in names or any(note.get("/Subtype") == "/FileAttachment" for note in annotations):
        found.add("carries-a-file")
    actions = [note["/A"] for note in annotations if "/A" in note] + [pdf.Root.get("/OpenAction")]
    forbidden = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
    if "/JavaScript" in names or any(
        isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) in forbidden for action in actions
    ):
        found.add("carries-a-script")
    return found
