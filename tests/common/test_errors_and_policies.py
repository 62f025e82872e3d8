"""Errors whose sentence people read, the rule as a sentence or as a yes, and who it is that acts."""

from __future__ import annotations

import dataclasses
import inspect
from uuid import uuid4

import pytest

from foundation.common import actors
from foundation.common.actors import Actor
from foundation.common.errors import Clash, EarlyHelpError, Invalid, NotAllowed, NotThere
from foundation.common.policy import Policy, policy

HERE = uuid4()


class TestErrors:
    @pytest.mark.parametrize("kind", [NotAllowed, Clash, EarlyHelpError])
    def test_each_carries_the_sentence_that_is_shown(self, kind):
        """Screens: an error says what happened and what to do."""
        error = kind("Ask the hub.")
        assert (error.sentence, str(error)) == ("Ask the hub.", "Ask the hub.")
        assert isinstance(error, EarlyHelpError)

    def test_what_is_not_there_says_nothing_about_why(self):
        """ACC-6: missing and hidden say the same unless a service has a sentence of its own."""
        assert NotThere().sentence == "There is nothing here."
        assert NotThere("That draft was sent.").sentence == "That draft was sent."

    def test_a_bare_class_can_be_raised(self):
        """`raise NotThere` is enough."""
        with pytest.raises(NotThere, match="There is nothing here"):
            raise NotThere

    def test_one_sentence_is_the_whole_form_s(self):
        """Bad input: a rule that belongs to no field stands above them all."""
        error = Invalid("Say at least one thing.")
        assert error.fields == {"": "Say at least one thing."}
        assert error.sentence == "Say at least one thing."

    def test_each_field_keeps_its_own_sentence(self):
        """Bad input: all that is wrong is told at once, each beside its field."""
        wrong = {"given_by": "Enter who gave consent.", "how": "Choose how."}
        error = Invalid(wrong)
        assert error.fields == wrong
        assert error.sentence == "Enter who gave consent. Choose how."

    def test_what_is_changed_afterwards_does_not_change_the_error(self):
        """A caller's dictionary is its own."""
        wrong = {"how": "Choose how."}
        error = Invalid(wrong)
        wrong["how"] = "Something else"
        assert error.fields == {"how": "Choose how."}

    def test_no_error_is_taken_for_another(self):
        """403, 404, 409 and 400 are four answers: none is a kind of another."""
        kinds = [NotAllowed, NotThere, Clash, Invalid]
        assert all(not issubclass(one, other) for one in kinds for other in kinds if one is not other)


@policy
def check_is_even(*, number: int) -> None:
    """Only even numbers pass."""
    if number < 0:
        raise NotThere
    if number % 2:
        raise NotAllowed("Only even numbers may pass.")


class TestPolicies:
    def test_a_policy_raises_with_its_sentence_or_says_nothing(self):
        """Contract of policies: the sentence is what the refused person reads."""
        assert check_is_even(number=2) is None
        with pytest.raises(NotAllowed, match=r"Only even numbers may pass\."):
            check_is_even(number=3)

    def test_allows_is_the_same_rule(self):
        """Contract of policies: what a page offers and what a service does follow one rule."""
        assert [check_is_even.allows(number=number) for number in range(4)] == [True, False, True, False]

    def test_only_a_refusal_is_a_no(self):
        """ACC-6: what is missing stays missing, and a fault of ours is not hidden as a refusal."""
        with pytest.raises(NotThere):
            check_is_even.allows(number=-1)
        with pytest.raises(TypeError):
            check_is_even.allows()
        with pytest.raises(TypeError):
            check_is_even.allows(number="three")

    def test_a_policy_looks_like_its_function(self):
        """Reviewers read a policy's name, words and arguments where it is used."""
        assert isinstance(check_is_even, Policy)
        assert check_is_even.__name__ == "check_is_even"
        assert check_is_even.__doc__ == "Only even numbers pass."
        assert list(inspect.signature(check_is_even).parameters) == ["number"]


class TestActors:
    def test_a_hat_with_any_of_the_roles_has_them(self):
        """ACC-2: roles of one hat are one set."""
        actor = Actor(HERE, 1, uuid4(), frozenset({"manager", "practitioner"}))
        assert actor.has("manager")
        assert actor.has("screener", "practitioner")
        assert not actor.has("screener")
        assert not actor.has()

    def test_the_system_is_nobody_s_hat(self):
        """ACC-2: what only a person may do, or only an agency, the product itself is refused."""
        itself = actors.system(HERE)
        assert itself == Actor(partnership_id=HERE)
        assert not itself.roles
        with pytest.raises(NotAllowed, match=r"Only a person can do this\."):
            _ = itself.person
        with pytest.raises(NotAllowed, match="works for an agency"):
            _ = itself.agency

    def test_person_and_agency_are_the_hat_s(self):
        """ACC-2: the first user and the first agency count, however small their numbers."""
        agency = uuid4()
        actor = Actor(HERE, 0, agency)
        assert (actor.person, actor.agency) == (0, agency)

    def test_nobody_changes_a_hat_that_is_worn(self):
        """ACC-3: roles are read anew with each request and cannot be added on the way."""
        actor = Actor(HERE, 1)
        with pytest.raises(dataclasses.FrozenInstanceError):
            actor.roles = frozenset({"hub_manager"})
        assert hash(actor) == hash(Actor(HERE, 1))
        assert actor != dataclasses.replace(actor, roles=frozenset({"hub_manager"}))
