"""What a consent tells the rooms above it."""

from django.dispatch import Signal

# Sent with `by: Actor`, `consent: Consent`, `case: Case | None` and `agency_ids: list[UUID]` (whom it no longer lets
# in), inside the transaction of the withdrawal, after the doors have been shut.
consent_withdrawn = Signal()
