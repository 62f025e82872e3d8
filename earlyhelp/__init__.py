"""The roof: settings, addresses, processes. No room imports it."""

from earlyhelp.celery import app as celery_app

__all__ = ["celery_app"]
