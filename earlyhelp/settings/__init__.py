"""Settings of a running installation; tests use `earlyhelp.settings.test`."""

from earlyhelp.settings.base import *  # noqa: F403
