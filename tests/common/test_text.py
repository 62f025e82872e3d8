"""Names, notes, NHS numbers, ages."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foundation.common import text
from foundation.common.errors import Invalid

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)


def whole_nhs_number(nine: str) -> str | None:
    """The number with its check digit, reckoned here in another way: the weighted sum must divide by 11."""
    for last in "0123456789":
        if sum(int(digit) * (10 - place) for place, digit in enumerate(nine + last)) % 11 == 0:
            return nine + last
    return None


class TestNhsNumber:
    def test_a_right_number_becomes_ten_digits_however_it_is_spaced(self):
        """FAM-1: spaces and dashes are how people copy it from a letter."""
        for typed in ("9434765919", "943 476 5919", " 943-476-5919 ", "943\u00a0476\u20135919"):
            assert text.nhs_number(typed) == "9434765919"

    def test_none_is_none(self):
        """FAM-1: most people do not know it, and need not."""
        assert text.nhs_number("") == text.nhs_number("   ") == ""

    @pytest.mark.parametrize("typed", ["943476591", "94347659190", "943476591X", "९४३४७६५९१९", "not known"])
    def test_what_is_not_ten_digits_says_so(self, typed):
        """FAM-1: digits of other scripts too, which int() would take."""
        with pytest.raises(Invalid, match=r"Check the NHS number: it has 10 digits"):
            text.nhs_number(typed)

    @given(NINE_DIGITS)
    def test_every_number_whose_check_digit_fits_is_taken(self, nine):
        """FAM-1: modulus 11, by a second reckoning."""
        number = whole_nhs_number(nine)
        assume(number is not None)
        assert text.nhs_number(number) == number

    @given(NINE_DIGITS, st.integers(0, 9), st.integers(1, 9))
    def test_one_wrong_digit_is_always_found(self, nine, place, by):
        """FAM-1: that is what the check digit is for."""
        number = whole_nhs_number(nine)
        assume(number is not None)
        wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
        with pytest.raises(Invalid, match="Check the NHS number: one of its digits"):
            text.nhs_number(wrong)

    @given(NINE_DIGITS, st.integers(0, 8))
    def test_two_neighbours_that_changed_places_are_always_found(self, nine, place):
        """FAM-1: the commonest slip of a typist."""
        number = whole_nhs_number(nine)
        assume(number is not None and number[place] != number[place + 1])
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        with pytest.raises(Invalid):
            text.nhs_number(swapped)

    def test_it_is_shown_as_on_letters(self):
        """FAM-1."""
        assert text.show_nhs_number("9434765919") == "943 476 5919"
        assert text.show_nhs_number("") == ""


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["Zoë", "O’Hara-Nowak", "محمد علی", "שרה כהן", "Nguyễn Thị Ánh", "李小龙", "👩‍👩‍👧 Bea", "می‌خواهم", "🏴󠁧󠁢󠁷󠁬󠁳󠁿 Cerys"],
    )
    def test_names_of_every_script_stay_as_they_are(self, name):
        """INT-1: emoji and right-to-left names are accepted, their joiners kept."""
        assert text.clean_name(name) == unicodedata.normalize("NFC", name)

    def test_spaces_are_trimmed_and_letters_composed(self):
        """INT-1: two ways of typing one name are one name."""
        assert text.clean_name("  Zoe\u0308 \t  Ann\u00a0 ") == "Zoë Ann"

    @pytest.mark.parametrize("override", OVERRIDES)
    def test_direction_overrides_are_refused(self, override):
        """INT-1: a name must not turn around the words behind it."""
        with pytest.raises(Invalid, match=r"The given name has a hidden character in it that turns text around"):
            text.clean_name(f"Ann{override}a", what="The given name")

    @pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\x7f", "\n", "\r", "\u0085", "\u2028", "\ud800"])
    def test_control_characters_are_refused(self, hidden):
        """INT-1: PostgreSQL cannot hold some of them, and no name has any."""
        with pytest.raises(Invalid, match="has a line break or a hidden character"):
            text.clean_name(f"An{hidden}na")

    @pytest.mark.parametrize("nothing", ["", "   ", "\u200b", "\u200d\u200f", "\u00a0"])
    def test_a_name_that_cannot_be_seen_is_none(self, nothing):
        """INT-1: otherwise a required name could be passed by."""
        assert text.clean_name(nothing) == ""

    def test_a_long_name_says_how_long(self):
        """INT-1."""
        assert text.clean_name("a" * 80) == "a" * 80
        with pytest.raises(Invalid, match=r"The name must be 80 characters or fewer\. It has 81\."):
            text.clean_name("a" * 81)

    @given(st.text(max_size=60))
    def test_a_cleaned_name_cleans_to_itself_and_fits_the_database(self, typed):
        """INT-1: cleaning twice changes nothing, whatever was typed; what is not clean is refused."""
        try:
            name = text.clean_name(typed)
        except Invalid:
            return
        assert text.clean_name(name) == name
        assert name == name.strip()
        assert not set(name) & set(OVERRIDES)
        assert not any(unicodedata.category(character) == "Cc" for character in name)
        name.encode()


class TestNotes:
    def test_line_breaks_stay_and_are_of_one_kind(self):
        """INT-1: browsers send CRLF."""
        assert text.clean_note(" One.\r\n\r\n\tTwo.\rThree. ", what="It") == "One.\n\n\tTwo.\nThree."

    def test_two_megabytes_are_refused_with_their_length(self):
        """Bad input: a 2 MB note has its sentence; nothing is cut off."""
        with pytest.raises(Invalid, match=r"must be 10,000 characters or fewer\. You have written 2,097,152\."):
            text.clean_note("x" * 2 * 1024 * 1024, what="What you say")

    def test_browsers_line_breaks_do_not_count_twice(self):
        """INT-1: a note that counts as 10,000 characters on the page is taken."""
        assert len(text.clean_note("a" + "\r\n" * 9_998 + "b", what="It")) == 10_000

    @pytest.mark.parametrize("bad", ["\x00", "\x07", "\u202e", "\u2066"])
    def test_hidden_characters_are_refused(self, bad):
        """INT-1."""
        with pytest.raises(Invalid, match="has a hidden character in it"):
            text.clean_note(f"He said{bad} no", what="It")

    @given(st.text(max_size=200))
    def test_a_cleaned_note_cleans_to_itself(self, typed):
        """INT-1."""
        try:
            note = text.clean_note(typed, what="It")
        except Invalid:
            return
        assert text.clean_note(note, what="It") == note
        assert "\r" not in note


class TestAges:
    @pytest.mark.parametrize(
        ("born", "on", "words"),
        [
            ("2026-03-01", "2026-03-01", "0 days"),
            ("2026-02-28", "2026-03-01", "1 day"),
            ("2026-02-15", "2026-03-01", "2 weeks"),
            ("2025-12-02", "2026-03-01", "12 weeks"),
            ("2025-12-01", "2026-03-01", "3 months"),
            ("2024-03-02", "2026-03-01", "23 months"),
            ("2024-03-01", "2026-03-01", "2 years"),
            ("2016-02-29", "2026-02-28", "9 years"),
            ("2016-02-29", "2026-03-01", "10 years"),
            ("2026-03-02", "2026-03-01", "not born yet"),
        ],
    )
    def test_ages_in_words(self, born, on, words):
        """FAM-1: weeks for a baby, months for an infant, years for the rest."""
        assert text.age_in_words(dt.date.fromisoformat(born), dt.date.fromisoformat(on)) == words

    @given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 1, 1)), st.dates(dt.date(1900, 1, 1), dt.date(2099, 1, 1)))
    def test_nobody_is_younger_the_next_day(self, born, on):
        """FAM-1: whole years never fall, leap days included."""

        def years(day):
            words = text.age_in_words(born, day)
            return int(words.split()[0]) if words.endswith("years") else 0

        assert years(on) <= years(on + dt.timedelta(days=1)) <= years(on) + 2

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (-30, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (59 * 60, "59 minutes ago"),
            (2 * 3600, "2 hours ago"),
            (47 * 3600, "47 hours ago"),
            (48 * 3600, "2 days ago"),
        ],
    )
    def test_time_ago(self, seconds, words):
        """INT-4: the queue shows age."""
        now = dt.datetime(2026, 3, 30, 9, tzinfo=dt.UTC)
        assert text.time_ago(now - dt.timedelta(seconds=seconds), now) == words
