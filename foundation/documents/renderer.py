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
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from foundation.documents import checks, frames, tagging
from foundation.documents.processes import die_with

_PLACES = ("#", "https://", "http://", "mailto:", "tel:")  # where a link in a document may lead


class Refused(FatalURLFetchingError):
    """The document asked for something that is not ours. It is not made at all: ours never ask."""


class OurFiles(URLFetcher):  # type: ignore[misc]
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
    """Raise Refused if a page attaches a file, moves its base, or links anywhere but to the web, post or telephone."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        rel = element.get("rel", "").lower().split()
        href = element.get("href", "").strip().lower()
        stylesheet = element.tag == "link" and rel == ["stylesheet"] and href.startswith("asset:")
        if "attachment" in rel or element.tag == "base" or (href and not stylesheet and not href.startswith(_PLACES)):
            raise Refused


def lay_out(page: bytes, files: Mapping[str, bytes]) -> tuple[bytes, int]:
    """The PDF of a page, and how many characters no typeface here can show. Raises Refused."""
    unshown = _Unshown()
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [unshown], False
    # A base that leads nowhere: a relative address is refused like any other instead of passed over.
    html = HTML(string=page.decode(), base_url="outside:/", url_fetcher=OurFiles(files))
    refuse_ways_out(html.etree_element)
    return html.write_pdf(pdf_variant="pdf/ua-1", finisher=tagging.finish), unshown.count


class _Unshown(logging.Handler):
    """Counts the characters without a typeface; WeasyPrint's words about them, which quote them, go nowhere."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += str(record.msg).startswith(".notdef")


def make(limits: Mapping[str, Any], files: Mapping[str, bytes], page: bytes, out: int) -> None:
    """In the fork: lay out, check, and write the answer."""
    try:
        document, unshown = lay_out(page, files)
        _write(out, frames.pack(frames.RENDERED))
        wrong = checks.problems(document)
    except Refused:
        answer = frames.pack_json(frames.FAILURE, {"code": "outside"})
    except MemoryError:
        answer = frames.pack_json(frames.FAILURE, {"code": "memory"})
    except Exception as error:
        # The class alone: an error's words may quote the document.
        answer = frames.pack_json(frames.FAILURE, {"code": "error", "detail": type(error).__name__})
    else:
        if wrong:
            answer = frames.pack_json(frames.FAILURE, {"code": "checks", "detail": ",".join(wrong)})
        elif len(document) > limits["document"]:
            answer = frames.pack_json(frames.FAILURE, {"code": "size"})
        else:
            answer = frames.pack_json(frames.FACTS, {"unshown": unshown}) + frames.pack(frames.DOCUMENT, document)
    _write(out, answer)


def _bind(limits: Mapping[str, Any]) -> None:
    """Time and memory end; no file can be written; no memory lands in a core file; other work goes first."""
    seconds = int(limits["seconds"]) + 2
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def serve(limits: Mapping[str, Any], files: Mapping[str, bytes], page: bytes, worker: socket.socket) -> None:
    """Make one document in a fork, and hand its answer on; a fork that is late, or dies, is answered for."""
    ours, theirs = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with(parent)
            worker.close()
            os.close(ours)
            _bind(limits)
            make(limits, files, page, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    late = time.monotonic() + limits["seconds"]
    code = ""
    try:
        code = _hand_on(ours, late, worker)
    finally:
        os.close(ours)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if code:
        worker.sendall(frames.pack_json(frames.FAILURE, {"code": code}))


def _hand_on(pipe: int, late: float, worker: socket.socket) -> str:
    """Pass whole messages on until the answer ends; the code of what went wrong, or nothing."""

    def receive(length: int) -> bytes:
        if not select.select([pipe], [], [], max(0.0, late - time.monotonic()))[0]:
            raise TimeoutError
        return os.read(pipe, length)

    try:
        while (found := frames.read(receive)) is not None:
            worker.sendall(frames.pack(*found))
            if found[0] in {frames.DOCUMENT, frames.FAILURE}:
                return ""
    except TimeoutError:
        return "time"
    except frames.Broken:
        return "memory"
    # It went without a word: C code that finds no memory ends the process.
    return "memory"


def _write(out: int, body: bytes) -> None:
    view = memoryview(body)
    while view:
        view = view[os.write(out, view) :]


def main(parent: int) -> None:
    """Answer requests until the worker closes its end, or dies."""
    die_with(parent)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=os.dup(0)) as worker:
        silent = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silent, standard)
        limits: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        while (found := frames.read(worker.recv)) is not None:
            kind, body = found
            if kind == frames.LIMITS:
                limits, files = json.loads(body), {}
            elif kind == frames.ASSET:
                name, _, content = body.partition(b"\n")
                files[name.decode()] = content
            elif kind == frames.PAGE:
                serve(limits, files, body, worker)


if __name__ == "__main__":
    main(int(sys.argv[1]))
