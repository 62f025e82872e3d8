"""A mail catcher for `make run`: it takes every message, sends none on, and shows them in a browser (OPS-1).

`python -m earlyhelp.embedded.mail FOLDER SMTP_PORT PAGES_PORT WEB_PORT` listens on 127.0.0.1 alone. It is for trying
the product: a message opens accounts, and whoever sits at this machine can read it. The supervisor starts it only
where no mail server is named, and never beside servers of somebody's own.
"""

from __future__ import annotations

import base64
import email
import hashlib
import html
import os
import re
import signal
import sys
import time
from email.message import EmailMessage
from email.policy import default as policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from .datadir import port_is_free

HOST = "127.0.0.1"
SMTP_PORT, PAGES_PORT = 1025, 8025
MOST_MESSAGES = 500
LARGEST = 5_000_000
"""Bytes of one message."""

_NAME = re.compile(r"[0-9]{20}")
_STYLE = "body{font-family:Arial,sans-serif}pre{font:inherit;white-space:pre-wrap}body *{overflow-wrap:anywhere}"
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def next_free_port(first: int) -> int:
    """The first port from here on where nobody listens."""
    return next(port for port in range(first, 65536) if port_is_free(port))


class Mailbox:
    """The messages of one folder, the newest first; only its owner may read them, and the oldest go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, message: bytes) -> None:
        """Write one down, whole or not at all."""
        path = self.folder / f"{time.time_ns():020}.eml"
        draft = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(draft, "wb") as file:
            file.write(message)
        path.with_suffix(".new").replace(path)
        for old in self.names()[MOST_MESSAGES:]:
            (self.folder / f"{old}.eml").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """What each is called here, the newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage | None:
        """One message, or None where none is called so."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return email.message_from_bytes((self.folder / f"{name}.eml").read_bytes(), policy=policy)
        except FileNotFoundError:
            return None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """What the SMTP server calls for each message."""
        self.keep(envelope.content)
        return "250 Kept"


class Pages(BaseHTTPRequestHandler):
    """The list of messages, and one of them as text: nothing in it is run, fetched or followed by itself."""

    mailbox: Mailbox
    hosts: frozenset[str]
    own_pages: re.Pattern[str]

    def do_GET(self) -> None:
        """Answer. Other host names than this machine's are refused, so that no web site can read along."""
        if self.headers.get("Host", "") not in self.hosts:
            return self._answer(421, "<p>Ask for 127.0.0.1.</p>")
        if self.path == "/":
            return self._answer(200, self._list())
        message = self.mailbox.read(self.path.removeprefix("/"))
        if message is None:
            return self._answer(404, '<p>There is nothing here.</p><p><a href="/">All messages</a></p>')
        return self._answer(200, self._one(message))

    def _list(self) -> str:
        rows = []
        for name in self.mailbox.names():
            message = self.mailbox.read(name)
            if message is not None:
                subject = html.escape(_header(message, "Subject")) or "(no subject)"
                to = html.escape(_header(message, "To"))
                rows.append(f'<li><a href="/{name}">{subject}</a><br>To {to}, {html.escape(_header(message, "Date"))}')
        said = f"<ul>{''.join(rows)}</ul>" if rows else "<p>No message has been sent yet.</p>"
        return f"<h1>Messages</h1><p>Nothing leaves this machine. The newest stands first.</p>{said}"

    def _one(self, message: EmailMessage) -> str:
        heads = "".join(
            f"<p>{name}: {html.escape(_header(message, name))}</p>"
            for name in ("From", "To", "Date")
            if name in message
        )
        title = html.escape(_header(message, "Subject"))
        text = self._linked(html.escape(_text(message)))
        return f'<p><a href="/">All messages</a></p><h1>{title}</h1>{heads}<pre>{text}</pre>'

    def _linked(self, text: str) -> str:
        """Addresses of the product's own pages can be followed; all others are only text."""
        return self.own_pages.sub(r'<a href="\g<0>">\g<0></a>', text)

    def _answer(self, status: int, inside: str) -> None:
        page = (
            '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Messages – Early Help</title>'
            f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
            f"<body><main>{inside}</main></body></html>"
        ).encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the addresses of messages are nobody's business."""


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    if body is None:
        return "This message has no plain text."
    try:
        return str(body.get_content())
    except (LookupError, ValueError):
        return "This message's text cannot be read."


def serve(folder: Path, smtp_port: int, pages_port: int, web_port: int) -> None:
    """Take and show messages until the process is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    mailbox = Mailbox(folder)
    controller = Controller(mailbox, hostname=HOST, port=smtp_port, data_size_limit=LARGEST)
    controller.start()
    try:
        pages = pages_of(mailbox, pages_port, web_port)
        with ThreadingHTTPServer((HOST, pages_port), pages) as server:
            server.serve_forever()
    finally:
        controller.stop()


def pages_of(mailbox: Mailbox, port: int, web_port: int) -> type[Pages]:
    """The pages of one mailbox on one port, which link to the product's pages on another."""
    own = re.compile(rf"http://(?:127\.0\.0\.1|localhost):{web_port}/(?:[A-Za-z0-9/_?=%~.:-]|&amp;)*")
    hosts = frozenset({f"{HOST}:{port}", f"localhost:{port}"})

    class OwnPages(Pages):
        """Those of this mailbox."""

    OwnPages.mailbox, OwnPages.hosts, OwnPages.own_pages = mailbox, hosts, own
    return OwnPages


if __name__ == "__main__":
    serve(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
