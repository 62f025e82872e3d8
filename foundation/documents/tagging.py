"""What PDF/UA asks for and WeasyPrint leaves out, added just before it writes the file. Knows no Django.

WeasyPrint 70 gives a header cell no scope, and leaves the running header and footer of each page among the marked
content without a place in the structure, where a reader meets them as strays. Both are mended on its own objects.
"""

from __future__ import annotations

from typing import Any


def finish(document: Any, pdf: Any) -> None:
    """WeasyPrint's `finisher`: the laid-out document, and its PDF as pydyf's objects."""
    for page in document.pages:
        for box in page._page_box.descendants():
            cell = getattr(box, "mark", None)
            if cell is not None and box.element is not None and box.element_tag == "th" and cell["S"] == "/TH":
                row = box.element.get("scope") in {"row", "rowgroup"}
                cell["A"]["Scope"] = "/Row" if row else "/Column"
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    placed = _numbers_below(pdf, tree)
    numbers = _object(pdf, tree["ParentTree"])["Nums"]
    owners_of = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for key, page_reference in enumerate(pdf.page_references):
        _set_aside_strays(_object(pdf, _object(pdf, page_reference)["Contents"]), owners_of[key], placed)


def _set_aside_strays(stream: Any, owners: list[Any], placed: set[int]) -> None:
    """Running headers and footers of one page become artifacts: drawn, but not read out on every page."""
    strays = {mark for mark, owner in enumerate(owners) if _number(owner) not in placed}
    for position, item in enumerate(stream.stream):
        if isinstance(item, dict) and item.get("MCID") in strays:
            stream.stream[position - 1] = "/Artifact"
            stream.stream[position] = type(item)({"Type": "/Pagination"})
    for mark in strays:
        owners[mark] = "null"


def _numbers_below(pdf: Any, root: Any) -> set[int]:
    """The object numbers of all structure elements that can be reached from the root."""
    found: set[int] = set()
    waiting = [root]
    while waiting:
        for kid in waiting.pop().get("K", ()):
            number = _number(kid)
            if number >= 0 and number not in found:
                found.add(number)
                waiting.append(pdf.objects[number])
    return found


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: Any) -> int:
    """The number in a reference such as b"12 0 R"; -1 for anything else (a mark's own number)."""
    return int(reference.split()[0]) if isinstance(reference, bytes) and reference.endswith(b" R") else -1
