"""How a worker and its renderer talk: each message is one letter, its length and its bytes.

Nothing of a document ever stands on a command line, in the environment or in a file of its own.
This module knows no Django: the renderer starts without it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

_HEAD = struct.Struct(">cI")

LIMITS = b"L"  # worker → renderer: the limits, as JSON; it begins a request
ASSET = b"A"  # worker → renderer: one of our own files, its name and a line break before its bytes
PAGE = b"H"  # worker → renderer: the HTML; it ends a request
RENDERED = b"R"  # renderer → worker: pages are laid out, checks begin
DOCUMENT = b"D"  # renderer → worker: the PDF; it ends an answer
FACTS = b"F"  # renderer → worker: what is to be known of the PDF, as JSON, before it
FAILURE = b"E"  # renderer → worker: why there is none, as JSON; it ends an answer


class Broken(EOFError):
    """The other side went away in the middle of a message."""


def pack(kind: bytes, body: bytes = b"") -> bytes:
    """One message, ready to be sent."""
    return _HEAD.pack(kind, len(body)) + body


def pack_json(kind: bytes, body: dict[str, Any]) -> bytes:
    """One message whose body is JSON."""
    return pack(kind, json.dumps(body).encode())


def read(receive: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """The next message; None where the other side closed between two. Raises Broken where it closed inside one."""
    head = _exactly(receive, _HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise Broken
    kind, length = _HEAD.unpack(head)
    body = _exactly(receive, length)
    if len(body) < length:
        raise Broken
    return kind, bytes(body)


def _exactly(receive: Callable[[int], bytes], length: int) -> bytearray:
    found = bytearray()
    while len(found) < length:
        part = receive(min(length - len(found), 1 << 20))
        if not part:
            break
        found += part
    return found
