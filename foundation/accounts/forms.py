"""allauth's forms in our words, without placeholders, ready for the pages' own form renderer."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from django import forms
from django.http import HttpRequest

EMAIL = "E-mail address"
NEW_PASSWORD = ("New password", "At least 12 characters. Three words that do not belong together work well.")
CODE = {"code": ("Code", "The 6 numbers that your authenticator app shows now.")}


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


class ChallengeForm(PlainWords, factor.AuthenticateForm):
    """A code from the app, or a recovery code, at sign-in."""

    words: ClassVar = CODE


class ConfirmCodeForm(PlainWords, factor.ReauthenticateForm):
    """The same, for a session that has not passed yet."""

    words: ClassVar = CODE


class SetUpAppForm(PlainWords, totp.ActivateTOTPForm):
    """The first code of a new app, which proves that it was set up."""

    words: ClassVar = CODE
