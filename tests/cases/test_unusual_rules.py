"""When a look is unusual: names as they are written, and the hours of London (FAM-8)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.unusual import COMMON, is_after_hours, is_common, name_keys, shared_names, surname_of
from foundation.common.clock import LONDON

LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC))


class TestNames:
    @pytest.mark.parametrize(
        ("looker", "family"),
        [
            ("Ruth Adeyemi", "Adeyemi"),
            ("RUTH ADEYEMI", "adeyemi"),
            ("Sean O’Brien", "OBRIEN"),
            ("Sean O'Brien", "O`Brien"),
            ("Zoë Núñez", "Nunez"),
            ("Ana Ward-Diallo", "Ward"),
            ("Ana Diallo", "Ward Diallo"),
            ("Maria de Souza", "Souza"),
            ("Maria Souza", "de Souza"),
            ("Salma سلمى", "سلمى"),
            ("Strauß", "Strauss"),
        ],
    )
    def test_the_same_name_is_found_however_it_is_written(self, looker, family):
        """FAM-8: capitals, accents, apostrophes and hyphens do not hide that somebody looks at their own family."""
        assert shared_names(looker, [family])

    @pytest.mark.parametrize(
        ("looker", "family"),
        [
            ("Ruth Adeyemi", "Adeyem"),
            ("Ward Ellison", "Ward"),
            ("Maria de Souza", "de Silva"),
            ("Ana X", "X"),
            ("", "Adeyemi"),
            ("Ruth", ""),
            ("🌻", "🌻"),
            ("Ann -", "-"),
        ],
    )
    def test_another_name_is_not(self, looker, family):
        """FAM-8: a first name, a particle or an initial in common is nothing to ask about."""
        assert not shared_names(looker, [family])

    def test_any_member_of_the_family_counts(self):
        """FAM-8: children may bear another name than the family is called by."""
        assert shared_names("Ivo Marsh", ["Adeyemi", "Marsh", "Quill"]) == {"marsh"}
        assert not shared_names("Ivo Marsh", [])

    def test_a_common_name_says_so(self):
        """FAM-8: sharing "Smith" counts, but the manager is told how little it says."""
        assert is_common(shared_names("Jo Smith", ["Smith"]))
        assert not is_common(shared_names("Jo Adeyemi", ["Adeyemi"]))
        assert not is_common(shared_names("Jo Smith-Adeyemi", ["Smith-Adeyemi"]))
        assert all(name_keys(name) == {name} for name in COMMON)

    @given(first=LETTERS, last=LETTERS, data=st.data())
    def test_writing_a_name_otherwise_changes_nothing(self, first, last, data):
        """FAM-8: for any name, however its letters are raised, accented or spaced."""
        dressed = "".join(
            data.draw(st.sampled_from([letter, letter.upper(), letter + "\u0301"]), label=letter) for letter in last
        )
        plain = shared_names(f"{first} {last}", [last])
        assert shared_names(f"{first}   {dressed}", [last]) == plain
        assert shared_names(f"{first} {last}", [f" {dressed} "]) == plain

    @given(one=LETTERS, other=LETTERS)
    def test_sharing_goes_both_ways_and_needs_the_same_letters(self, one, other):
        """FAM-8: plain names are shared when they are the same, and only then."""
        assert bool(shared_names(f"Jo {one}", [other])) == bool(shared_names(f"Jo {other}", [one]))
        if one != other:
            assert not shared_names(f"Jo {one}", [other])

    @given(st.text(max_size=300), st.text(max_size=300))
    def test_no_text_is_too_odd(self, looker, family):
        """Bad input: any characters at all are compared without an error, and no key is empty."""
        assert "" not in shared_names(looker, [family])
        assert " " not in surname_of(looker)


class TestHours:
    @pytest.mark.parametrize(
        ("moment", "after"),
        [
            ("2026-11-23T06:59:59", True),  # a Monday
            ("2026-11-23T07:00:00", False),
            ("2026-11-23T19:59:59", False),
            ("2026-11-23T20:00:00", True),
            ("2026-11-21T11:00:00", True),  # a Saturday
            ("2026-11-22T11:00:00", True),
            ("2026-11-24T00:00:00", True),
        ],
    )
    def test_the_day_is_from_seven_to_eight_on_weekdays(self, moment, after):
        """FAM-8: evenings, nights and weekends; both ends of the day to the second."""
        assert is_after_hours(dt.datetime.fromisoformat(moment).replace(tzinfo=LONDON)) is after

    def test_the_clock_is_london_s(self):
        """FAM-8: half past six in UTC is half past seven in summer, and half past six in winter."""
        assert not is_after_hours(dt.datetime(2026, 6, 15, 6, 30, tzinfo=dt.UTC))
        assert is_after_hours(dt.datetime(2026, 1, 12, 6, 30, tzinfo=dt.UTC))

    @given(MOMENTS)
    def test_every_moment_is_one_or_the_other_in_any_zone(self, moment):
        """FAM-8: the answer belongs to the moment, not to how it is written."""
        local = moment.astimezone(LONDON)
        inside = local.weekday() < 5 and 7 <= local.hour < 20
        elsewhere = moment.astimezone(dt.timezone(dt.timedelta(hours=9)))
        assert is_after_hours(moment) == is_after_hours(elsewhere) == (not inside)
