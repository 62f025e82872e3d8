"""The app's place in the house."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in: users, agencies, teams, memberships, hats."""

    name = "foundation.accounts"
    label = "accounts"
