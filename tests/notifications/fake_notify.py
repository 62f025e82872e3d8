"""GOV.UK Notify as its official client meets it: the same addresses, answers and proofs, on this machine.

`python -m tests.notifications.fake_notify --port 8099 --log FILE` runs it by itself; each reference that it accepts
becomes a line of FILE, before the answer leaves. In a test:

    with FakeNotify() as notify:
        settings.NOTIFY_URL, settings.NOTIFY_KEY = notify.url, KEY

It accepts an e-mail however often it is sent, as the real one does: that nothing is sent twice is the product's to do.
"""

from __future__ import annotations

import argparse
import json
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError

SERVICE = "8b9a6b2e-6d5c-4a52-9d0c-3f6f0a1f1c11"
SECRET = "2d3c4b5a-1f2e-4d3c-8b7a-695847362514"
KEY = f"fernshire_test-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"


@dataclass
class Post:
    """What one installation of Notify holds. `sent` has one entry for each acceptance, repeated ones too."""

    log: Path | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    broken: str = ""  # "": well; "500": refuses; "silent": accepts, then hangs up without a word

    def accept(self, body: dict[str, Any]) -> dict[str, Any]:
        made = {
            "id": str(uuid.uuid4()),
            "reference": body.get("reference"),
            "email_address": body["email_address"],
            "type": "email",
            "status": "created",
            "template": {"id": body["template_id"], "version": 1, "uri": "/v2/template"},
            "body": body["personalisation"]["body"],
            "subject": body["personalisation"]["subject"],
            "created_at": "2026-11-23T09:00:00.000000Z",
        }
        with self.lock:
            self.sent.append(made)
            if self.log is not None:
                with self.log.open("a") as file:
                    file.write(f"{made['reference']}\n")
        return made

    def references(self) -> list[str]:
        with self.lock:
            return [str(one["reference"]) for one in self.sent]

    def becomes(self, reference: str, status: str) -> None:
        with self.lock:
            for one in self.sent:
                if one["reference"] == reference:
                    one["status"] = status


class Answers(BaseHTTPRequestHandler):
    """The three addresses that the product uses; any other is unknown."""

    post: Post
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if not self._is_known():
            return None
        if self.path != "/v2/notifications/email":
            return self._refuse(404, "NotFound", "Not found")
        if self.post.broken == "500":
            return self._refuse(500, "Exception", "Internal server error")
        if body.get("template_id") != TEMPLATE:
            return self._refuse(400, "BadRequestError", "Template not found")
        if set(body.get("personalisation", {})) != {"subject", "body"}:
            return self._refuse(400, "BadRequestError", "Missing personalisation: subject, body")
        if body.get("email_address", "").rpartition("@")[2] == "nowhere.invalid":
            return self._refuse(400, "ValidationError", "email_address Not a valid email address")
        made = self.post.accept(body)
        if self.post.broken == "silent":
            self.close_connection = True
            return None
        content = {"body": made["body"], "subject": made["subject"], "from_email": "early.help@notifications.example"}
        return self._answer(201, {**{k: made[k] for k in ("id", "reference", "template")}, "content": content})

    def do_GET(self) -> None:
        if not self._is_known():
            return None
        parts = urlsplit(self.path)
        self.post.asked.append(self.path)
        if self.post.broken == "500":
            return self._refuse(500, "Exception", "Internal server error")
        with self.post.lock:
            if parts.path == "/v2/notifications":
                wanted = parse_qs(parts.query).get("reference", [None])[0]
                found = [one for one in reversed(self.post.sent) if wanted is None or one["reference"] == wanted]
                return self._answer(200, {"notifications": found, "links": {"current": self.path}})
            number = parts.path.removeprefix("/v2/notifications/")
            known = next((one for one in self.post.sent if one["id"] == number), None)
        if known is None:
            return self._refuse(404, "NoResultFound", "No result found")
        return self._answer(200, known)

    def _is_known(self) -> bool:
        """Whether the token names our service, is fresh, and is signed with its secret."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            if get_token_issuer(token) == SERVICE and decode_jwt_token(token, SECRET):
                return True
        except TokenError:
            pass
        self._refuse(403, "AuthError", "Invalid token: API key not found")
        return False

    def _refuse(self, status: int, error: str, message: str) -> None:
        self._answer(status, {"status_code": status, "errors": [{"error": error, "message": message}]})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        words = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class FakeNotify:
    """A running server; `post` is what it holds."""

    def __init__(self, *, port: int = 0, log: Path | None = None) -> None:
        self.post = Post(log)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Own", (Answers,), {"post": self.post}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeNotify:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Until the process ends."""
        self._server.serve_forever()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--port", type=int, required=True)
    given.add_argument("--log", type=Path, required=True)
    chosen = given.parse_args()
    FakeNotify(port=chosen.port, log=chosen.log).serve()
