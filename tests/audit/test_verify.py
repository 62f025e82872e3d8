"""Tampering with the trail is found: each way of it, done as an insider would (trust 14).

These tests commit, because the chain is made at COMMIT.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from foundation.accounts.models import Agency
from foundation.audit import checkpoints, services
from foundation.audit.models import AuditEntry, ChainLink, Checkpoint
from foundation.common.actors import system
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_partnership

pytestmark = pytest.mark.django_db(transaction=True)

Tamper = Callable[..., None]


@pytest.fixture
def partnership() -> Partnership:
    """A partnership whose chain has ten links: five things done, five looked at."""
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        agency = make_agency()
    write(partnership, agency, 10 - links(partnership))
    return partnership


def write(partnership: Partnership, agency: Any, count: int) -> None:
    by = system(partnership.pk)
    for number in range(count):
        with tenant_scope(partnership.pk):
            if number % 2:
                services.viewed(by=by, subject=agency)
            else:
                services.record(by=by, verb="agency.counted", subject=agency, number=number)


def links(partnership: Partnership) -> int:
    with tenant_scope(partnership.pk):
        return ChainLink.objects.count()


def link(partnership: Partnership, seq: int) -> ChainLink:
    with tenant_scope(partnership.pk):
        return ChainLink.objects.get(seq=seq)


def audit_link(partnership: Partnership) -> ChainLink:
    """A link of something done, with others before and after it."""
    with tenant_scope(partnership.pk):
        return ChainLink.objects.filter(entry_kind="audit", seq__gt=2, seq__lt=9).earliest("seq")


def verify(**options: Any) -> list[str]:
    """The findings; none when the command ended well."""
    out, ends = StringIO(), 0
    try:
        call_command("verify_audit", stdout=out, **options)
    except CommandError as error:
        ends = error.returncode
    lines = [line for line in out.getvalue().splitlines() if " links read, " not in line]
    assert (ends, lines[-1:]) == (0, ["The trail is whole."]) or (ends == 1 and lines)
    return lines if ends else []


def test_a_whole_trail_verifies_and_an_erased_detail_leaves_it_whole(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14 and 23: the chain hashes digests, so a payload can be erased; an erasure is counted."""
    assert links(partnership) == 10
    assert verify() == []
    erase = (
        "UPDATE audit_entry SET detail_digest = sha256(convert_to(detail::text, 'UTF8')), detail = NULL WHERE id = %s"
    )
    tamper(erase, audit_link(partnership).entry_id)
    out = StringIO()
    call_command("verify_audit", partnership="fernshire", stdout=out)
    assert "fernshire: 10 links read, 0 compared with checkpoints, 1 erased details, 0 found." in out.getvalue()


CHANGES = [
    "detail = '{\"number\": 99}'",
    "verb = 'agency.removed'",
    "at = at + interval '1 second'",
    "subject_id = gen_random_uuid()",
    "user_id = 1",
    "roles = '{manager}'",
    "case_id = gen_random_uuid()",
    "detail = NULL, detail_digest = sha256('')",
]


def test_a_changed_entry_is_found(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14: any field of an entry, and a detail erased with a digest that is not its own."""
    with tenant_scope(partnership.pk):
        write_about = Agency.objects.get()
    write(partnership, write_about, 2 * len(CHANGES))
    with tenant_scope(partnership.pk):
        changed = list(ChainLink.objects.filter(entry_kind="audit").order_by("seq")[: len(CHANGES)])
    for one, change in zip(changed, CHANGES, strict=True):
        tamper(f"UPDATE audit_entry SET {change} WHERE id = %s", one.entry_id)
    assert verify() == [f"fernshire: audit entry {one.entry_id} (link {one.seq}) was changed." for one in changed]


def test_a_changed_look_is_found(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14: the access log is in the chain as well."""
    with tenant_scope(partnership.pk):
        changed = ChainLink.objects.filter(entry_kind="access").earliest("seq")
    tamper("UPDATE audit_access SET how = 'list' WHERE id = %s", changed.entry_id)
    assert verify() == [f"fernshire: access entry {changed.entry_id} (link {changed.seq}) was changed."]


def test_what_is_done_with_the_triggers_off_is_found(
    partnership: Partnership, tamper: Tamper, as_owner: Tamper
) -> None:
    """Trust 14: the tables' owner can switch the chain off; an entry moved to another month or put in then is found."""
    moved = audit_link(partnership)
    as_owner("ALTER TABLE audit_entry DISABLE TRIGGER audit_note_entry")
    tamper("UPDATE audit_entry SET at = at + interval '40 days' WHERE id = %s", moved.entry_id)
    with tenant_scope(partnership.pk):
        agency = Agency.objects.get()
        put_in = services.record(by=system(partnership.pk), verb="agency.praised", subject=agency)
    as_owner("ALTER TABLE audit_entry ENABLE TRIGGER audit_note_entry")
    assert verify() == [
        f"fernshire: audit entry {moved.entry_id} (link {moved.seq}) was changed.",
        f"fernshire: audit entry {put_in.pk} stands in no link: put in past the chain, or its link removed.",
    ]


def test_a_removed_entry_is_found_with_and_without_its_link(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14: an entry taken out, and one taken out together with its link."""
    gone = audit_link(partnership)
    tamper("DELETE FROM audit_entry WHERE id = %s", gone.entry_id)
    assert verify() == [f"fernshire: audit entry {gone.entry_id} (link {gone.seq}) was removed."]
    tamper("DELETE FROM audit_chain WHERE entry_id = %s", gone.entry_id)
    assert verify() == [f"fernshire: links {gone.seq} to {gone.seq} were removed."]


def test_a_link_removed_alone_and_an_entry_put_in_past_the_chain_are_found(
    partnership: Partnership, tamper: Tamper
) -> None:
    """Trust 14: an entry without a link, however it came to be."""
    last = link(partnership, 10)
    tamper("DELETE FROM audit_chain WHERE entry_id = %s", last.entry_id)
    assert verify() == [
        f"fernshire: {last.entry_kind} entry {last.entry_id} stands in no link: "
        "put in past the chain, or its link removed."
    ]


def test_reordered_links_are_found(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14: two links that changed places no longer follow from those before them."""
    first = link(partnership, 1)
    tamper("UPDATE audit_chain SET seq = -1 WHERE entry_id = %s", first.entry_id)
    assert verify() == ["fernshire: link -1 was put in before the first.", "fernshire: links 1 to 1 were removed."]
    tamper("UPDATE audit_chain SET seq = 1 WHERE entry_id = %s", first.entry_id)
    fourth, fifth = link(partnership, 4), link(partnership, 5)
    tamper("UPDATE audit_chain SET seq = -1 WHERE entry_id = %s", fourth.entry_id)
    tamper("UPDATE audit_chain SET seq = 4 WHERE entry_id = %s", fifth.entry_id)
    tamper("UPDATE audit_chain SET seq = 5 WHERE entry_id = %s", fourth.entry_id)
    ends = "does not follow from the one before it: changed, put in or reordered."
    assert verify() == [f"fernshire: link {seq} {ends}" for seq in (4, 5, 6)]


def test_a_cut_off_tail_is_found_by_the_checkpoint(partnership: Partnership, tamper: Tamper, tmp_path: Path) -> None:
    """Trust 14: what is cut off at the end leaves a whole chain; only a note of where it stood shows it."""
    file = tmp_path / "anchor.jsonl"
    call_command("audit_checkpoint", file=file, stdout=StringIO())
    noted = json.loads(file.read_text())
    assert (noted["partnership"], noted["seq"]) == (str(partnership.pk), 10)
    tamper("DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_chain WHERE seq > 7)")
    tamper("DELETE FROM audit_access WHERE id IN (SELECT entry_id FROM audit_chain WHERE seq > 7)")
    tamper("DELETE FROM audit_chain WHERE seq > 7")
    cut = "the chain was cut off: it ends at link 7, but the checkpoint of {} noted link 10."
    assert verify() == [f"fernshire: {cut.format(noted['taken_at'])}"]
    tamper("DELETE FROM audit_checkpoint")
    assert verify() == [], "the insider took the note in the database as well"
    assert verify(checkpoint_file=file) == [f"fernshire: {cut.format(noted['taken_at'])}"], "but not the file outside"


def test_a_chain_forged_anew_is_found_by_the_checkpoint(partnership: Partnership, tamper: Tamper) -> None:
    """Trust 14: whoever reckons every hash anew after a change is betrayed by the notes made before."""
    mark = checkpoints.take(partnership)
    assert mark is not None
    assert checkpoints.take(partnership) is None, "a chain that has not grown is not noted twice"
    forge = """
        DO $$ DECLARE l record; before bytea := ''; d bytea; BEGIN
        FOR l IN SELECT * FROM audit_chain ORDER BY seq LOOP
            d := CASE WHEN l.seq = 3 THEN sha256('another') ELSE l.digest END;
            before := sha256(before || convert_to(concat_ws('|', l.partnership_id, l.seq, l.entry_kind, l.entry_id,
                encode(d, 'hex')), 'UTF8'));
            UPDATE audit_chain SET digest = d, hash = before WHERE entry_id = l.entry_id;
        END LOOP; END $$
    """
    third = link(partnership, 3)
    tamper(forge)
    assert verify() == [
        f"fernshire: link 10 is not the one that the checkpoint of {mark.taken_at} noted.",
        f"fernshire: {third.entry_kind} entry {third.entry_id} (link 3) was changed.",
    ]


def test_each_partnership_has_its_own_chain_and_a_removed_one_is_missed(
    partnership: Partnership, tamper: Tamper, tmp_path: Path
) -> None:
    """Trust 14: chains do not mix; a partnership that only the file knows is a finding."""
    other = make_partnership("millbrook")
    with tenant_scope(other.pk):
        write_into = make_agency()
    write(other, write_into, 3)
    before = links(other)
    assert links(partnership) == 10
    file = tmp_path / "anchor.jsonl"
    call_command("audit_checkpoint", file=file, stdout=StringIO())
    assert verify(checkpoint_file=file) == []
    with tenant_scope(other.pk):
        assert list(ChainLink.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, before + 1))
        assert Checkpoint.objects.count() == 1
        assert AuditEntry.objects.exclude(subject_id=write_into.pk).filter(verb="agency.counted").count() == 0
    file.write_text(file.read_text().replace(str(other.pk), "0190a000-0000-7000-8000-000000000000"))
    assert verify(checkpoint_file=file) == [
        "0190a000-0000-7000-8000-000000000000: the partnership was removed, but the checkpoint file knows it."
    ]


def test_what_cannot_be_checked_is_said_in_one_line(partnership: Partnership, tmp_path: Path) -> None:
    """Trust 14: an unknown partnership, and a file that holds something else."""
    file = tmp_path / "other.txt"
    file.write_text("not a checkpoint\n")
    with pytest.raises(CommandError, match=r"Line 1 of .* is no checkpoint\."):
        call_command("verify_audit", checkpoint_file=file)
    with pytest.raises(CommandError, match=r"There is no partnership nowhere\."):
        call_command("verify_audit", partnership="nowhere")
