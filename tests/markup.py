"""Reading our own pages in tests: an HTML5 parser and CSS selectors, as a browser reads them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from xml.etree import ElementTree

import cssselect2
import tinyhtml5


@dataclass(frozen=True, slots=True)
class Markup:
    """A page, or a piece of one."""

    root: ElementTree.Element

    @classmethod
    def of(cls, html: str | bytes) -> Markup:
        """Parse a whole page or a fragment; `<html>` and `<body>` are added where they are missing."""
        source = io.BytesIO(html if isinstance(html, bytes) else html.encode())  # a short string would be a file's name
        return cls(tinyhtml5.parse(source, namespace_html_elements=False, transport_encoding="utf-8"))

    def all(self, selector: str) -> list[ElementTree.Element]:
        """Every element that a CSS selector finds."""
        wrapped = cssselect2.ElementWrapper.from_html_root(self.root)
        return [found.etree_element for found in wrapped.query_all(selector)]

    def one(self, selector: str) -> ElementTree.Element:
        """The only element that a CSS selector finds."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements are {selector}"
        return found[0]

    def text(self, selector: str) -> str:
        """The words of the only element that a CSS selector finds, their spaces single."""
        return words(self.one(selector))

    def by_id(self, name: str) -> list[ElementTree.Element]:
        """Every element of an id, whatever characters it holds."""
        return [element for element in self.root.iter() if element.get("id") == name]


def words(element: ElementTree.Element) -> str:
    """All text inside an element, its spaces single."""
    return " ".join("".join(element.itertext()).split())
