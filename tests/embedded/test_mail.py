"""The mail catcher of `make run`, as a process with real SMTP: keeps, shows, sends nothing on (OPS-1)."""

from __future__ import annotations

import http.client
import smtplib
import stat
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from earlyhelp.embedded import mail
from earlyhelp.embedded.datadir import DataDir, free_port
from earlyhelp.run.programs import Console
from earlyhelp.run.supervisor import Supervisor
from tests.embedded.conftest import GIVEN, ROOT, call, eventually
from tests.markup import Markup
from tests.trust.payloads import PAYLOADS

WEB = 8123
HARMLESS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "p", "a", "ul", "li", "br", "pre"}


class Catcher:
    """A running mail catcher."""

    def __init__(self, folder: Path, web: int = WEB) -> None:
        self.folder = folder
        self.smtp, self.pages = free_port(), free_port()
        given = map(str, (folder, self.smtp, self.pages, web))
        command = [sys.executable, "-m", "earlyhelp.embedded.mail", *given]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        eventually(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return self.get("/")[0] == 200
        except OSError:
            return False

    def get(self, path: str, host: str = "", method: str = "GET") -> tuple[int, str, dict[str, str]]:
        line = http.client.HTTPConnection("127.0.0.1", self.pages, timeout=5)
        line.request(method, path, headers={"Host": host or f"127.0.0.1:{self.pages}"})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())

    def send(self, text: str = "Hello", *, subject: str = "A subject", to: str = "una@fernshire.example") -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, "early-help@localhost", to
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=5) as server:
            server.send_message(message)

    def first(self) -> str:
        """The newest message's page."""
        link = Markup.of(self.get("/")[1]).all("li a")[0].get("href", "")
        return self.get(link)[1]

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    made = Catcher(tmp_path / "mail")
    yield made
    made.process.terminate()
    assert made.process.wait(10) == 0


def test_a_message_is_kept_and_shown(catcher: Catcher) -> None:
    """OPS-1: what the product sends can be read in the browser, the newest first."""
    assert "No message has been sent yet." in catcher.get("/")[1]
    catcher.send("First", subject="One")
    catcher.send("Grüße, 你好", subject="Zweite – two")
    page = Markup.of(catcher.get("/")[1])
    assert ["".join(link.itertext()) for link in page.all("li a")] == ["Zweite – two", "One"]
    shown = Markup.of(catcher.first())
    assert shown.text("pre") == "Grüße, 你好"
    assert shown.text("h1") == "Zweite – two"


def test_only_its_owner_can_read_what_is_kept(catcher: Catcher) -> None:
    """OPS-1: a message opens accounts."""
    catcher.send()
    (path,) = catcher.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(catcher.folder.stat().st_mode) == 0o700


def test_it_listens_to_this_machine_alone(catcher: Catcher) -> None:
    """OPS-1: on 127.0.0.1, and a web site that has its own name lead there is refused."""
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    for port in (catcher.smtp, catcher.pages):
        lines = [line.split()[1] for line in listening.splitlines() if line.split()[3] == "0A"]
        assert [line for line in lines if line.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    for host in (
        "evil.example",
        f"evil.example:{catcher.pages}",
        "127.0.0.1",
        f"127.0.0.1.evil.example:{catcher.pages}",
    ):
        assert catcher.get("/", host=host)[0] == 421
    assert catcher.get("/", host=f"localhost:{catcher.pages}")[0] == 200


@pytest.mark.parametrize("start", [0, 50])
def test_whatever_a_message_holds_is_only_text(catcher: Catcher, start: int) -> None:
    """Trust 17: in subject, address and text; no script, no style, nothing fetched."""
    for payload in PAYLOADS[start : start + 50]:
        line = " ".join(payload.split())
        catcher.send(payload, subject=line or "x", to='"' + line.replace("\\", "").replace('"', "") + '" <a@b.example>')
    pages = [catcher.get("/")]
    pages += [catcher.get(link.get("href", "")) for link in Markup.of(pages[0][1]).all("li a")]
    assert len(pages) == 51
    for status, page, headers in pages:
        tags = {element.tag for element in Markup.of(page).root.iter()}
        assert status == 200
        assert tags <= {
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "p",
            "a",
            "ul",
            "li",
            "br",
            "pre",
        }, tags
        assert headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "onerror" not in Markup.of(page).text("style")
        for link in Markup.of(page).all("a"):
            assert set(link.keys()) == {"href"}
            assert (link.get("href") or "").startswith("/")


def test_only_the_products_own_addresses_can_be_followed(catcher: Catcher) -> None:
    """OPS-1: an invitation's link is pressed; any other address is text."""
    own = f"http://127.0.0.1:{WEB}/accounts/invitation/abc-DEF_1~2/?x=1&y=2"
    catcher.send(f"Open {own} or http://evil.example/ or https://127.0.0.1:{WEB}/ or javascript:alert(1)")
    links = [link.get("href") for link in Markup.of(catcher.first()).all("pre a")]
    assert links == [f"http://127.0.0.1:{WEB}/accounts/invitation/abc-DEF_1~2/?x=1&y=2"]


@pytest.mark.parametrize("path", ["/../secrets.json", "/..%2fsecrets.json", "/1", "/" + "0" * 20, "/x" * 3000, "/%00"])
def test_other_paths_lead_nowhere(catcher: Catcher, path: str) -> None:
    """OPS-1: no other file is read."""
    (catcher.folder.parent / "secrets.json").write_text("{}")
    assert catcher.get(path)[0] in {400, 404, 414}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_its_pages_only_read(catcher: Catcher, method: str) -> None:
    """OPS-1: nothing is changed or taken away through them."""
    catcher.send()
    assert catcher.get("/", method=method)[0] == 501
    assert len(catcher.names()) == 1


def test_messages_that_are_no_messages_do_no_harm(catcher: Catcher) -> None:
    """OPS-1: broken headers, unknown characters, HTML alone."""
    for raw in (
        b"\xff\xfe\x00broken\r\n",
        b"Subject: =?nonsense?Q?=ff?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\xff",
        b"Content-Type: text/html\r\n\r\n<script>1</script>",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    ):
        with smtplib.SMTP("127.0.0.1", catcher.smtp, timeout=5) as server:
            server.sendmail("a@b.example", ["c@d.example"], raw)
    page = Markup.of(catcher.get("/")[1])
    links = [link.get("href", "") for link in page.all("li a")]
    assert len(links) == 4
    for link in links:
        assert catcher.get(link)[0] == 200


def test_too_large_a_message_is_refused(catcher: Catcher) -> None:
    """OPS-1: the disk is not filled by one."""
    with pytest.raises(smtplib.SMTPException):
        catcher.send("x" * 900 + "\n" + ("y" * 900 + "\n") * (mail.LARGEST // 900))
    assert catcher.names() == []


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: nor by many."""
    monkeypatch.setattr(mail, "MOST_MESSAGES", 3)
    box = mail.Mailbox(tmp_path / "mail")
    for number in range(5):
        box.keep(f"Subject: {number}\r\n\r\n".encode())
    kept = [box.read(name) for name in box.names()]
    assert [message["Subject"] for message in kept if message] == ["4", "3", "2"]


def test_the_next_free_port_is_taken(catcher: Catcher) -> None:
    """OPS-1: where 1025 is somebody else's, the next."""
    assert mail.next_free_port(catcher.smtp) > catcher.smtp


def supervisor(root: Path, monkeypatch: pytest.MonkeyPatch, **given: str) -> Supervisor:
    for name in (*GIVEN, "EARLYHELP_DEMO", "EARLYHELP_MAIL_HOST", "EARLYHELP_PROXY", "EARLYHELP_HTTPS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return Supervisor(root, free_port(), Console())


SERVERS = {"DATABASE_URL": "postgresql://eh_app@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.mark.parametrize(
    ("given", "catches"),
    [
        ({}, True),
        ({"EARLYHELP_DEMO": "0"}, True),
        ({"EARLYHELP_MAIL_HOST": "mail.fernshire.example"}, False),
        ({**SERVERS, "EARLYHELP_DEMO": "1"}, True),
        ({**SERVERS, "EARLYHELP_DEMO": "0"}, False),
        ({**SERVERS, "EARLYHELP_DEMO": "0", "EARLYHELP_MAIL_HOST": "mail.fernshire.example"}, False),
    ],
)
def test_it_never_runs_where_mail_is_meant_to_leave(
    root: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], catches: bool
) -> None:
    """OPS-1: not where a mail server is named, and not beside somebody's own servers outside a demonstration."""
    made = supervisor(root, monkeypatch, **given)
    assert made._catches_mail() is catches
    assert [program.name for program in made._programs({})] == ["web", "worker", "beat"]
    made.mail_ports = (2025, 9025)
    programs = {program.name: program for program in made._programs({})}
    assert [str(part) for part in programs["mail"].command[-4:]] == [
        str(made.data.root / "mail"), "2025", "9025", str(made.port),
    ]  # fmt: skip


def test_the_product_sends_to_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: web and worker are told its port; a mail server that was named stays."""
    root.mkdir()
    made = supervisor(root, monkeypatch, **SERVERS)
    made.mail_ports = (2025, 9025)
    env = made._environment()
    assert (env["EARLYHELP_MAIL_HOST"], env["EARLYHELP_MAIL_PORT"]) == ("127.0.0.1", "2025")
    named = supervisor(root, monkeypatch, **SERVERS, EARLYHELP_MAIL_HOST="mail.fernshire.example")
    assert named._environment()["EARLYHELP_MAIL_HOST"] == "mail.fernshire.example"


@pytest.mark.parametrize(
    ("given", "https"), [({}, "0"), ({"EARLYHELP_PROXY": "1"}, "1"), ({"EARLYHELP_HTTPS": "1"}, "1")]
)
def test_pages_on_this_machine_need_no_certificate(
    root: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], https: str
) -> None:
    """OPS-1: without a demo too, the printed address answers; behind a proxy HTTPS stays demanded."""
    root.mkdir()
    made = supervisor(root, monkeypatch, **SERVERS, EARLYHELP_DEMO="0", **given)
    assert made._environment()["EARLYHELP_HTTPS"] == https


def test_reset_takes_the_messages_too(root: Path) -> None:
    """OPS-1: an emptied data folder holds none."""
    DataDir(root).open()
    mail.Mailbox(root / "mail").keep(b"Subject: x\r\n\r\n")
    assert call(root, "earlyhelp.run", "reset").returncode == 0
    assert list(root.iterdir()) == []
