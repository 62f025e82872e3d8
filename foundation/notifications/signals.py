"""What other rooms hear about e-mails."""

from django.dispatch import Signal

# Sent with `mailing` in the transaction that moved it: claimed, handed over, arrived, came back, not sent or dropped.
# A receiver that fails takes the move back, so it does little and does it surely.
mailing_moved = Signal()
