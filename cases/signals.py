"""What a case tells the rooms above it."""

from django.dispatch import Signal

# Sent with `by: Actor` and `case: Case`, inside the transaction that opened the case, by whoever opened it, once
# consent has opened its doors. A receiver that raises undoes the opening.
case_opened = Signal()
