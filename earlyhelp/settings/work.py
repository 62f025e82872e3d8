"""How background work travels: prefork, acknowledged late, given back when a worker is lost."""

from __future__ import annotations

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/London"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A job that runs longer is handed out a second time; each job's lease in the database makes that harmless.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "global_keyprefix": "earlyhelp:",
}
# A request never waits for the broker: the outbox row stands, and the sweep finds it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = {
    "outbox-sweep": {"task": "outbox.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "deadlines-sweep": {"task": "deadlines.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "deadlines-work-out": {"task": "deadlines.work_out", "schedule": 3600.0, "options": {"expires": 3500}},
    "accounts-sweep": {"task": "accounts.sweep", "schedule": 3600.0, "options": {"expires": 3500}},
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "unusual-looks": {"task": "cases.unusual_looks", "schedule": 300.0, "options": {"expires": 290}},
    "audit-checkpoint": {"task": "audit.checkpoint", "schedule": 3600.0, "options": {"expires": 3500}},
}
