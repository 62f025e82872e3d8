"""The renderer: nothing from outside, nothing without end, and nothing left over for the next document (trust 20)."""

from __future__ import annotations

import dataclasses
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from foundation.documents import frames
from foundation.documents.engine import Engine, Limits, RenderFailed, engine
from tests.documents.conftest import tags

CSS = {"pdf.css": b"body { font-family: 'Liberation Sans', 'DejaVu Sans' }"}
SHORT = Limits(seconds=2.0)
SLOW = "<table><tr><th scope=col>x</th></tr>" + "<tr><td colspan=1000>x</td></tr>" * 3000 + "</table>"


def page(body: str, head: str = "") -> str:
    return (
        "<!doctype html><html lang='en-GB'><head><title>A title</title><link rel='stylesheet' href='asset:pdf.css'>"
        f"{head}</head><body><h1>A heading</h1>{body}</body></html>"
    )


def made(warm_engine: Engine, body: str, head: str = "", within: Limits = Limits()) -> bytes:  # noqa: B008
    return warm_engine.render(page(body, head), CSS, within=within).document


def failure(warm_engine: Engine, body: str, head: str = "", within: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(RenderFailed) as failed:
        made(warm_engine, body, head, within)
    return failed.value.code


def words_in(document: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def listener():
    """A web server here that answers each request with a redirect to itself, and counts them."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/again")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


OUTSIDE = [
    "<img src='{url}/a.png' alt='x'>",
    "<img src='a.png' alt='x'>",
    "<img src='//127.0.0.1/a.png' alt='x'>",
    "<img src='data:image/png;base64,iVBORw0KGgo=' alt='x'>",
    "<p style='background:url({url}/b.png)'>x</p>",
    "<style>@import url('{url}/c.css');</style>",
    "<style>@font-face{{font-family:q;src:url({url}/d.woff)}} p{{font-family:q}}</style><p>x</p>",
    "<style>p::before{{content:url({url}/e.png)}}</style><p>x</p>",
    "<ul style='list-style-image:url({url}/f.png)'><li>x</li></ul>",
    "<link rel='stylesheet' href='{url}/g.css'>",
    "<object data='{url}/h'>x</object>",
    "<embed src='{url}/i'>",
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><title>x</title>"
    "<image href='{url}/j.png' width='5' height='5'/></svg>",
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><title>x</title><use href='{url}/k.svg#a'/></svg>",
    "<base href='{url}/'>",
    "<link rel='attachment' href='{url}/l'>",
    "<a rel='attachment' href='{url}/m'>x</a>",
    "<a rel='nofollow Attachment' href='{url}/n'>x</a>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<area href='file:///etc/passwd'>",
]


@pytest.mark.parametrize("body", OUTSIDE)
def test_nothing_is_fetched_from_outside(warm_engine, listener, body) -> None:
    """Trust 20: 0 requests, whichever way a page asks; a page that asks is not made."""
    url, hits = listener
    assert failure(warm_engine, body.format(url=url)) == "outside"
    assert hits == []


@pytest.mark.parametrize("scheme", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "/etc/passwd"])
@pytest.mark.parametrize(
    "body", ["<img src='{0}' alt='x'>", "<link rel='attachment' href='{0}'>", "<link rel='stylesheet' href='{0}'>"]
)
def test_no_file_is_taken_in(warm_engine, scheme, body) -> None:
    """Trust 20: 0 files; the default fetcher once attached /etc/passwd."""
    assert failure(warm_engine, body.format(scheme)) == "outside"


def test_a_name_that_was_not_given_is_refused_like_any_address(warm_engine) -> None:
    """Trust 20: only what came with the request has a name."""
    assert failure(warm_engine, "<img src='asset:other.png' alt='x'>") == "outside"


def test_links_to_the_web_stay_links(warm_engine) -> None:
    """EHA-9: an address that a reader may follow is not fetched, and is kept."""
    document = made(warm_engine, "<p><a href='https://www.nspcc.org.uk/'>NSPCC</a> <a href='#x' id='x'>here</a></p>")
    assert b"nspcc.org.uk" in document or "/Link" in {tag for tag, _ in tags(document)}


def test_a_script_in_text_is_text(warm_engine) -> None:
    """Trust 17: what looks like a script is printed, and a script in the page itself does nothing."""
    document = made(warm_engine, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><script>alert(2)</script>")
    assert "<script>alert(1)</script>" in words_in(document)
    assert "alert(2)" not in words_in(document)
    assert b"/JavaScript" not in document


def test_a_document_without_end_is_killed_in_time(warm_engine) -> None:
    """Trust 20: a table that would take most of a minute; the clock is the wall's, shortened here from 20 seconds."""
    begun = time.monotonic()
    assert failure(warm_engine, SLOW, within=SHORT) == "time"
    assert time.monotonic() - begun < 4
    assert Limits().seconds == 20.0


def test_a_document_without_measure_is_killed_by_its_memory(warm_engine) -> None:
    """Trust 20: 512 MB of address space, whatever the machine has."""
    assert Limits().memory == 512 * 1024 * 1024
    bomb = "<table><tr><th scope=col>x</th><td colspan=100000000>x</td></tr></table>"
    assert failure(warm_engine, bomb) == "memory"


def test_the_renderer_stays_warm_after_a_kill(warm_engine) -> None:
    """Trust 20: what runs wild takes nobody else with it: the same process makes the next document."""
    warm_engine.start()
    standing = warm_engine.pid
    failure(warm_engine, SLOW, within=Limits(seconds=0.5))
    made(warm_engine, "<p>The next one</p>")
    assert warm_engine.pid == standing


def test_no_memory_of_one_document_reaches_the_next(warm_engine) -> None:
    """Architecture §4: a fork reads and lays out each document; the process that stays never held it."""
    name = "Quillon-Marsh-" + "of-no-other-page"
    made(warm_engine, f"<p>{name}</p>" * 50)
    assert _wait_for(lambda: not _children(warm_engine.pid))
    assert not _memory_holds(warm_engine.pid, name.encode())


def test_a_document_too_large_to_keep_is_refused(warm_engine) -> None:
    """Trust 20: the size of the answer has its limit too."""
    assert failure(warm_engine, "<p>x</p>", within=Limits(document=1000)) == "size"


def test_a_page_too_large_is_not_even_sent(warm_engine) -> None:
    """Trust 20: a limit on what goes in."""
    assert failure(warm_engine, "x" * 2000, within=Limits(page=1000)) == "page"


def test_a_word_without_end_is_laid_out_in_good_time(warm_engine) -> None:
    """Trust 20: thirty thousand letters without a space took 16 seconds."""
    begun = time.monotonic()
    made(warm_engine, f"<p>{'x' * 30_000}</p>", "<style>p{overflow-wrap:break-word}</style>")
    assert time.monotonic() - begun < 10


def test_a_bad_page_ends_in_a_failure_without_its_words(warm_engine) -> None:
    """OPS-2: an error inside is told by its class alone."""
    with pytest.raises(RenderFailed) as failed:
        warm_engine.render(page("<p>Fenwick</p>", "<style>@page{size:0 0}</style>"), {}, within=Limits())
    assert "Fenwick" not in str(failed.value) + failed.value.detail


def test_a_renderer_that_was_killed_is_started_again(warm_engine) -> None:
    """Trust 10: killed between two documents, and in the middle of one."""
    warm_engine.start()
    os.kill(warm_engine.pid, signal.SIGKILL)
    assert made(warm_engine, "<p>x</p>").startswith(b"%PDF")
    standing = warm_engine.pid
    threading.Timer(0.3, os.kill, (standing, signal.SIGKILL)).start()
    assert made(warm_engine, "<p>word </p>" * 1000, within=Limits(seconds=60)).startswith(b"%PDF")
    assert warm_engine.pid != standing


def test_what_the_watcher_raises_stops_the_renderer_at_once(warm_engine) -> None:
    """EHA-9: cancelled while it is made; nothing of it can be taken for the next answer."""

    class Cancelled(Exception):
        pass

    def watch(step: str) -> None:
        raise Cancelled

    warm_engine.start()
    standing = warm_engine.pid
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        warm_engine.render(page(SLOW), CSS, within=Limits(), watch=watch)
    assert time.monotonic() - begun < 3
    assert warm_engine.pid is None
    assert not _runs(standing)
    assert "The next one" in words_in(made(warm_engine, "<p>The next one</p>"))


def test_the_watcher_hears_when_the_pages_are_laid_out(warm_engine) -> None:
    """EHA-9: visible progress."""
    heard: list[str] = []
    warm_engine.render(page("<p>x</p>"), CSS, within=Limits(), watch=heard.append)
    assert heard.count("rendered") == 1


def test_the_renderer_dies_with_the_worker_that_started_it() -> None:
    """Trust 10: a worker killed in the middle of a document leaves no process behind."""
    script = (
        "import django.conf, sys, threading, time; django.conf.settings.configure()\n"
        "from foundation.documents.engine import Engine, Limits\n"
        "e = Engine(); e.start(); print(e.pid, flush=True)\n"
        f"e.render({page(SLOW)!r}, {{'pdf.css': b''}}, within=Limits())\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    renderer = int(worker.stdout.readline())
    child = _wait_for(lambda: _children(renderer))
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert _wait_for(lambda: not _runs(renderer) and not _runs(child[0]))


def test_the_renderer_knows_no_database_and_no_key(warm_engine, monkeypatch) -> None:
    """Trust 20: it gets the environment that fonts need, and nothing on its command line but a process id."""
    warm_engine.stop()
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    warm_engine.start()
    time.sleep(0.5)
    with Path(f"/proc/{warm_engine.pid}/environ").open("rb") as environment:
        assert b"DATABASE" not in environment.read()
    with Path(f"/proc/{warm_engine.pid}/cmdline").open("rb") as line:
        assert line.read().split(b"\0")[1:-1] == [b"-m", b"foundation.documents.renderer", str(os.getpid()).encode()]


def test_a_right_to_left_line_is_set_from_the_right(warm_engine) -> None:
    """EHA-9: a name or a child's words in Hebrew or Arabic, whose full stop stands at the left."""
    left = made(warm_engine, "<p dir='auto'>Hello.</p>")
    right = made(warm_engine, "<p dir='auto'>\u05e9\u05dc\u05d5\u05dd.</p>")
    assert _first_word_at(left) < 100
    assert _first_word_at(right) > 300


@pytest.mark.parametrize(
    "name", ["Zoë Ångström", "Łukasz Żółw", "نور الهدى", "נועם כהן", "Ольга Тест", "Νίκος", "\U0001f600"]
)
def test_names_of_many_scripts_have_a_typeface(warm_engine, name) -> None:
    """EHA-9: emoji and right-to-left names are shown, and copy out again."""
    rendered = warm_engine.render(page(f"<p dir='auto'>{name}</p>"), CSS, within=Limits())
    assert rendered.unshown == 0
    letters = {letter for letter in words_in(rendered.document) if not letter.isspace()}
    assert set(name.replace(" ", "")) <= letters


def test_each_process_has_a_renderer_of_its_own() -> None:
    """Architecture §6: prefork workers never share one."""
    assert engine() is engine()
    read, write = os.pipe()
    before = id(engine())
    child = os.fork()
    if child == 0:
        os.write(write, b"same" if id(engine()) == before else b"own")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"own"
    os.close(read)
    os.close(write)


def test_limits_can_be_changed_by_settings(settings) -> None:
    """OPS-2: one place for what a document may take."""
    from foundation.documents.engine import limits

    settings.DOCUMENT_LIMITS = {"seconds": 3.0}
    assert limits() == dataclasses.replace(Limits(), seconds=3.0)


def test_messages_come_whole_or_not_at_all() -> None:
    """Trust 10: a side that goes away in the middle is noticed."""
    sent = frames.pack(frames.DOCUMENT, b"abc") + frames.pack_json(frames.FACTS, {"unshown": 1})
    left = bytearray(sent)

    def receive(length: int) -> bytes:
        part, left[:length] = bytes(left[:length]), b""
        return part

    assert frames.read(receive) == (frames.DOCUMENT, b"abc")
    assert frames.read(receive) == (frames.FACTS, b'{"unshown": 1}')
    assert frames.read(receive) is None
    for cut in (2, 6):
        left[:] = sent[:cut]
        with pytest.raises(frames.Broken):
            frames.read(receive)


def _first_word_at(document: bytes) -> float:
    """How far from the left, in points, the last line's first word stands."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=document, capture_output=True, check=True)
    lines = [line for line in done.stdout.decode().splitlines() if "<word" in line]
    return float(lines[-1].split('xMin="')[1].split('"')[0])


def _memory_holds(process: int, words: bytes) -> bool:
    with Path(f"/proc/{process}/maps").open() as maps, Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, access = line.split()[:2]
            if not access.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(start)
                if words in memory.read(end - start):
                    return True
            except OSError:
                continue
    return False


def _children(process: int) -> list[int]:
    try:
        with Path(f"/proc/{process}/task/{process}/children").open() as children:
            return [int(child) for child in children.read().split()]
    except FileNotFoundError:
        return []


def _runs(process: int) -> bool:
    try:
        with Path(f"/proc/{process}/stat").open() as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait_for(found, seconds: float = 20):
    late = time.monotonic() + seconds
    while not (what := found()):
        assert time.monotonic() < late, "it never came"
        time.sleep(0.05)
    return what
