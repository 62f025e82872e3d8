"""allauth's forms in our words, without placeholders, ready for the pages' own form renderer."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from foundation.accounts.models import User
from foundation.common.errors import Invalid
from foundation.common.text import clean_line

EMAIL = "E-mail address"
NEW_PASSWORD = ("New password", "At least 12 characters. Three words that do not belong together work well.")
CODE = {"code": ("Code", "The 6 numbers that your authenticator app shows now, or one of your recovery codes.")}
ONLY_RECOVERY = ("Recovery code", "8 numbers, from the list that you kept when you set up your key.")
KEY_NAME = {"name": ("Name of the key", "So that you can tell your keys apart, such as “Blue key on my keyring”.")}
NAME_LIMIT = 60
KEY_REFUSED = "That security key was not accepted. Use a key that you have set up here, and try again."
# What an answer that no browser would give makes the packages raise.
NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class PlainWords(forms.Form):
    """Gives each field its label and hint, and what to say when it is left empty."""

    words: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.error_messages["required"] = f"Enter your {label[0].lower()}{label[1:]}."
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
                field.widget.width = 10


class SignInForm(PlainWords, account.LoginForm):
    """E-mail address and password."""

    words: ClassVar = {"login": (EMAIL, ""), "password": ("Password", "")}


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    """The old password, and the new one twice."""

    words: ClassVar = {
        "oldpassword": ("Current password", ""),
        "password1": NEW_PASSWORD,
        "password2": ("New password again", ""),
    }


class ForgottenPasswordForm(PlainWords, account.ResetPasswordForm):
    """Asks for a link by e-mail; an unknown address gets a message too, so that both take as long."""

    words: ClassVar = {"email": (EMAIL, "")}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send whichever message it is."""
        email: str = self.cleaned_data["email"]
        if not self.users:
            get_adapter(request).send_mail("account/email/unknown_account", email, {})
            return email
        super().save(request, **kwargs)
        return email


class NewPasswordForm(PlainWords, account.ResetPasswordKeyForm):
    """The new password twice, after following the link."""

    words: ClassVar = {"password1": NEW_PASSWORD, "password2": ("New password again", "")}


class ConfirmPasswordForm(PlainWords, account.ReauthenticateForm):
    """The password once more, before something that matters."""

    words: ClassVar = {"password": ("Password", "")}


class CodeForm(PlainWords):
    """A code; to who has a key and no app, only recovery codes are spoken of."""

    words: ClassVar = CODE
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).exists():
            self.fields["code"].label, self.fields["code"].help_text = ONLY_RECOVERY


class ChallengeForm(CodeForm, factor.AuthenticateForm):
    """A code from the app, or a recovery code, at sign-in."""


class ConfirmCodeForm(CodeForm, factor.ReauthenticateForm):
    """The same, for a session that has not passed yet."""


class SetUpAppForm(PlainWords, totp.ActivateTOTPForm):
    """The first code of a new app, which proves that it was set up."""

    words: ClassVar = {"code": ("Code", "The 6 numbers that your authenticator app shows now.")}


class KeyAnswer(forms.Form):
    """What a security key said, sent by script; a wrong key and nonsense get the same sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["credential"]
        field.error_messages |= {"required": KEY_REFUSED, "invalid": KEY_REFUSED}

    def clean_credential(self) -> Any:
        """The key that answered. Raises ValidationError, in words about keys."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as refusal:
            raise plain(refusal) from None
        except NONSENSE:
            raise ValidationError(KEY_REFUSED) from None


class ChallengeKeyForm(KeyAnswer, webauthn.AuthenticateWebAuthnForm):
    """A security key, at sign-in."""


class KeyAgainForm(KeyAnswer, webauthn.ReauthenticateWebAuthnForm):
    """The same, for a session that has not passed yet, or before something that matters."""


class KeyNameForm(PlainWords):
    """What a key is called."""

    words: ClassVar = KEY_NAME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = NAME_LIMIT  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """One line that can be seen."""
        try:
            return clean_line(self.cleaned_data["name"], what="The name of the key", limit=NAME_LIMIT)
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None


class AddKeyForm(KeyNameForm, webauthn.AddWebAuthnForm):
    """A new key's name, and what it said. A key without a name gets one: it has been touched already."""

    def clean_name(self) -> str:
        """What was typed, or "Security key 2"."""
        return super().clean_name() or webauthn.AddWebAuthnForm.clean_name(self)

    def clean(self) -> Any:
        """Raises ValidationError, in words about keys, for what no key would say."""
        try:
            return super().clean()
        except ValidationError as refusal:
            raise plain(refusal) from None
        except NONSENSE:
            raise ValidationError(KEY_REFUSED) from None


class RenameKeyForm(KeyNameForm, webauthn.EditWebAuthnForm):
    """Another name for a key."""


def plain(refusal: ValidationError) -> ValidationError:
    """The sentence about codes becomes one about keys; others stay."""
    return ValidationError(KEY_REFUSED) if refusal.code == "incorrect_code" else refusal


class HomeForm(forms.Form):
    """Where a person lives: as little as is needed to notice a look at their own address (FAM-8)."""

    house = forms.CharField(label="House number or name", help_text="With the flat, if there is one.", required=False)
    postcode = forms.CharField(label="Postcode", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["house"].widget.attrs |= {"autocomplete": "address-line1"}
        self.fields["postcode"].widget.attrs |= {"autocomplete": "postal-code", "spellcheck": "false"}
        self.fields["postcode"].widget.width = 10
