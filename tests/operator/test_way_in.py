"""What `make run` prints for whoever begins: the demo's sign-ins, the address of setting up, or nothing (OPS-1)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from earlyhelp.demo import sign_ins
from earlyhelp.operator import links
from earlyhelp.run.prepare import note_the_way_in
from tests.factories import make_user


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "sign-ins"


def test_without_a_demo_the_address_is_noted_for_its_owner_alone(db, note: Path, settings) -> None:
    """Operator: one line with the whole address, in a file that nobody else reads."""
    settings.DEMO = False
    note_the_way_in(note)
    assert note.read_text() == f"Nobody can sign in yet. Begin here: {links.set_up_url()}\n"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_once_there_is_an_operator_nothing_is_noted(db, note: Path, settings) -> None:
    """Operator: they know how to sign in."""
    settings.DEMO = False
    make_user(is_operator=True)
    note_the_way_in(note)
    assert not note.exists()


def test_a_demo_has_its_own_way_in(db, note: Path, settings) -> None:
    """Operator: nobody sets a demonstration up; its operator is among those who are printed."""
    settings.DEMO = True
    note_the_way_in(note)
    assert not note.exists()
    printed = list(sign_ins.lines())
    assert any("operator@early-help.example" in line for line in printed)
    assert any("/operator/" in line for line in printed)
