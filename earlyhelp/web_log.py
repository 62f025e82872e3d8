"""The web server's own lines by our rules: its words on a broken request hold the whole address (OPS-2)."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from earlyhelp.settings.logs import formatter


class WebLog(Logger):
    """For `gunicorn --logger-class earlyhelp.web_log.WebLog`."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn does, then our formatter on every handler."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(formatter())
