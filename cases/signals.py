"""What a case tells the rooms above it."""

from django.dispatch import Signal

# Sent with `by: Actor`, `case: Case` and `events: Mapping[StartEvent, datetime]` (when what sets clocks going happened:
# the enquiry, the decision, the consent, the opening itself), inside the transaction that opened the case, by whoever
# opened it, once consent has opened its doors. A receiver that raises undoes the opening.
case_opened = Signal()
