"""Words that a screener should see first (INT-4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import risk


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("He keeps a KNIFE under the bed.", ["knife"]),
        ("Suicidal; has gone missing twice", ["suicidal", "missing"]),
        ("She was strangled, she says.", ["strangled"]),
        ("self‑harm, and self-harm again", ["self-harm"]),
        ("wants\nto   die", ["wants to die"]),
        ("dismissing, penknives, begun, drape", []),
        ("Nothing to report.", []),
        ("", []),
    ],
)
def test_whole_words_in_any_capitals(told, found):
    """INT-4: parts of other words are not risk words."""
    assert risk.found_in([told]) == found


def test_a_phrase_is_not_put_together_from_two_answers_words():
    """INT-4: each word counts once, wherever it stands."""
    assert risk.found_in(["A knife.", "The knife again", "and a gun"]) == ["knife", "gun"]


def test_the_list_is_in_order():
    """INT-4: each word once, lower case, short enough for its column."""
    words = risk.words()
    assert {"knife", "suicidal", "missing", "strangled"} <= set(words)
    assert len(words) == len(set(words))
    assert all(word == word.casefold().strip() and 0 < len(word) <= 40 for word in words)


@given(st.sampled_from(risk.words()), st.sampled_from(["", " ", "“", "(", "\n", "!"]), st.booleans())
def test_every_word_of_the_list_is_found(word, beside, loud):
    """INT-4: beside punctuation and in capitals too."""
    told = f"{beside}{word.upper() if loud else word}{beside}"
    assert word in risk.found_in([told])
