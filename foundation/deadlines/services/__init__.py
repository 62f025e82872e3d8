"""Everything that changes a clock: it starts, is met, stopped or handed over; more time; pauses."""

from foundation.deadlines.services.ending import cancel_clocks, hand_over_clocks, meet_clock, set_going_again
from foundation.deadlines.services.extending import (
    ask_for_more_time,
    grant_more_time,
    refuse_more_time,
    take_back_request,
)
from foundation.deadlines.services.pausing import pause_clock, resume_clock
from foundation.deadlines.services.starting import start_clocks, work_out_waiting

__all__ = [
    "ask_for_more_time",
    "cancel_clocks",
    "grant_more_time",
    "hand_over_clocks",
    "meet_clock",
    "pause_clock",
    "refuse_more_time",
    "resume_clock",
    "set_going_again",
    "start_clocks",
    "take_back_request",
    "work_out_waiting",
]
