"""The worker's and beat's entrance: `celery -A earlyhelp worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earlyhelp.settings")

app = Celery("earlyhelp")
app.set_default()  # for every thread: Celery would give all but this one an app of its own, with another broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
