"""Small secrets are kept sealed (ACC-1: an authenticator app's seed)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.common.sealing import PREFIX, NotSealedHere, seal, unseal


@given(st.text(max_size=200))
def test_what_is_sealed_opens_again_and_cannot_be_read(text: str) -> None:
    """ACC-1: the sealed form is another each time, and holds nothing of the text."""
    one, other = seal(text, purpose="tests"), seal(text, purpose="tests")
    assert unseal(one, purpose="tests") == unseal(other, purpose="tests") == text
    assert one != other
    assert one.startswith(PREFIX)
    assert len(text) < 4 or text not in one


def test_a_purpose_opens_only_its_own() -> None:
    """ACC-1: a sealed value moved to another column opens nothing."""
    with pytest.raises(NotSealedHere):
        unseal(seal("JBSWY3DPEHPK3PXP", purpose="one"), purpose="another")


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-4] + "AAAA", lambda _: "", lambda _: "JBSWY3DPEHPK3PXP"])
def test_what_was_changed_does_not_open(spoil) -> None:
    """ACC-1: authenticated: a changed, empty or never sealed value is refused rather than guessed at."""
    with pytest.raises(NotSealedHere):
        unseal(spoil(seal("JBSWY3DPEHPK3PXP", purpose="tests")), purpose="tests")


def test_a_changed_key_still_opens_what_the_old_one_sealed(settings) -> None:
    """ACC-1: the key can be changed without everyone setting their app up again; without the old one nothing opens."""
    kept = seal("JBSWY3DPEHPK3PXP", purpose="tests")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" + "1" * 40
    with pytest.raises(NotSealedHere):
        unseal(kept, purpose="tests")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(kept, purpose="tests") == "JBSWY3DPEHPK3PXP"
