"""The renderer: `python -m foundation.documents.renderer PARENT`, a child that has WeasyPrint ready. Knows no Django.

It takes requests on its standard input and answers on its standard output (`frames`). Each document is laid out in a
fork of its own, with limits of time and memory: nothing of one family is left in the memory that lays out the next,
and a document that runs wild is killed without the next one waiting for a second start (trust 20).

Text is never laid out before the fork: newer Pango keeps a thread of its own for fonts, which a fork would not have.
"""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import select
import signal
import socket
import sys
import time
import unicodedata
from collections.abc import Mapping
from typing import Any

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from foundation.documents import checks, frames, tagging
from foundation.documents.processes import die_with

_PLACES = ("#", "https://", "http://", "mailto:", "tel:")  # where a link in a document may lead
_STYLESHEETS = "asset:"
_TAKEN, _BEGUN, _WHOLE, _DONE = b"t", b"(", b")", b"."  # how far a fork is
_ENDLESS = re.compile(r"\S{1001,}")


class Refused(FatalURLFetchingError):
    """The document asked for something that is not ours. It is not made at all: ours never ask."""


class OurFiles(URLFetcher):
    """Gives out the files that came with the request, by name (`asset:pdf.css`), and nothing else whatever."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """One of our files; raises Refused for any other address, without a look at it."""
        body = self._files.get(url.removeprefix("asset:")) if url.startswith("asset:") else None
        if body is None:
            raise Refused
        kind = "text/css; charset=utf-8" if url.endswith(".css") else "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": kind})


def refuse_ways_out(root: Any) -> None:
    """Raise Refused if a page attaches a file, moves its base, or names any address but one a reader may follow."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        rel = element.get("rel", "").lower().split()
        if "attachment" in rel or element.tag == "base":
            raise Refused
        places = _PLACES if element.tag == "a" else _STYLESHEETS if rel == ["stylesheet"] else "#"
        for name in ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href"):
            if (place := element.get(name, "").strip().lower()) and not place.startswith(places):
                raise Refused


def turn_by_first_letter(root: Any) -> None:
    """Give each `dir="auto"` the direction of its first letter, as a browser does; WeasyPrint knows it not."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.get("dir") == "auto":
            kinds = (unicodedata.bidirectional(letter) for text in element.itertext() for letter in text)
            first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
            element.set("dir", "ltr" if first == "L" else "rtl")


def break_endless_words(root: Any) -> None:
    """Put spaces into what has none for 1,000 letters, which is no word: 30,000 such letters take 16 seconds whole."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in {"style", "script"} and element.text:
            element.text = _ENDLESS.sub(_breakable, element.text)
        if element.tail:
            element.tail = _ENDLESS.sub(_breakable, element.tail)


def _breakable(found: re.Match[str]) -> str:
    word = found[0]
    return " ".join(word[start : start + 60] for start in range(0, len(word), 60))


def lay_out(page: bytes, files: Mapping[str, bytes]) -> tuple[bytes, int]:
    """The PDF of a page, and how many characters no typeface here can show. Raises Refused."""
    unshown = _Unshown()
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [unshown], False
    # A base that leads nowhere: a relative address is refused like any other instead of passed over.
    html = HTML(string=page.decode(), base_url="outside:/", url_fetcher=OurFiles(files))
    refuse_ways_out(html.etree_element)
    turn_by_first_letter(html.etree_element)
    break_endless_words(html.etree_element)
    return html.write_pdf(pdf_variant="pdf/ua-1", finisher=tagging.finish), unshown.count


class _Unshown(logging.Handler):
    """Counts the characters without a typeface; WeasyPrint's words about them, which quote them, go nowhere."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += str(record.msg).startswith(".notdef")


def make(limits: Mapping[str, Any], worker: socket.socket, marks: int) -> None:
    """In the fork: take the request, lay it out, check it, and answer; `marks` is where the fork says how far it is."""
    files: dict[str, bytes] = {}
    while (found := frames.read(worker.recv)) is not None and found[0] == frames.ASSET:
        name, _, content = found[1].partition(b"\n")
        files[name.decode()] = content
    os.write(marks, _TAKEN)
    try:
        document, unshown = lay_out(found[1] if found else b"", files)
        _tell(worker, marks, frames.pack(frames.RENDERED))
        wrong = checks.problems(document)
    except Refused:
        answer = frames.pack_json(frames.FAILURE, {"code": "outside"})
    except MemoryError:
        answer = frames.pack_json(frames.FAILURE, {"code": "memory"})
    except Exception as error:
        # The class alone: an error's words may quote the document.
        answer = frames.pack_json(frames.FAILURE, {"code": "error", "detail": type(error).__name__})
    else:
        answer = _answer(document, unshown, wrong, limits)
    _tell(worker, marks, answer)
    os.write(marks, _DONE)


def _tell(worker: socket.socket, marks: int, message: bytes) -> None:
    """Send to the worker, and let the renderer know that a message was begun, and that it is whole."""
    os.write(marks, _BEGUN)
    worker.sendall(message)
    os.write(marks, _WHOLE)


def _answer(document: bytes, unshown: int, wrong: list[str], limits: Mapping[str, Any]) -> bytes:
    if wrong:
        return frames.pack_json(frames.FAILURE, {"code": "checks", "detail": "+".join(wrong)})
    if len(document) > limits["document"]:
        return frames.pack_json(frames.FAILURE, {"code": "size"})
    return frames.pack_json(frames.FACTS, {"unshown": unshown}) + frames.pack(frames.DOCUMENT, document)


def _bind(limits: Mapping[str, Any]) -> None:
    """Time and memory end; no file can be written; no memory lands in a core file; other work goes first."""
    seconds = int(limits["seconds"]) + 2
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(2)


def serve(limits: Mapping[str, Any], worker: socket.socket) -> None:
    """Make one document in a fork; one that is late, or dies, is answered for.

    The fork itself reads the request and writes the answer: this process, whose memory every later fork inherits,
    holds nothing of a document. Where a fork ends in the middle of either, what follows could not be understood, so
    this process ends too, and the worker starts another.
    """
    ours, theirs = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with(parent)
            os.close(ours)
            _bind(limits)
            make(limits, worker, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    marks = bytearray()
    try:
        code = _follow(ours, time.monotonic() + limits["seconds"], marks)
    finally:
        os.close(ours)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if marks.endswith(_DONE):
        return
    if _TAKEN not in marks or marks.count(_BEGUN) != marks.count(_WHOLE):
        sys.exit(1)
    worker.sendall(frames.pack_json(frames.FAILURE, {"code": code}))


def _follow(pipe: int, late: float, marks: bytearray) -> str:
    """Collect a fork's marks until it ends; the code to answer with if it did not get to its own answer."""
    while select.select([pipe], [], [], max(0.0, late - time.monotonic()))[0]:
        found = os.read(pipe, 16)
        marks += found
        if not found or found.endswith(_DONE):
            return "memory"  # it went without a word: C code that finds no memory ends the process
    return "time"


def main(parent: int) -> None:
    """Answer requests until the worker closes its end, or dies."""
    die_with(parent)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=os.dup(0)) as worker:
        silent = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silent, standard)
        while (found := frames.read(worker.recv)) is not None:
            serve(json.loads(found[1]), worker)


if __name__ == "__main__":
    main(int(sys.argv[1]))
