"""Everything that changes an enquiry: writing it, sending it, screening it, telling its sender."""

from intake.services.drafts import discard_draft, remove_person, save_page, save_person, start_draft
from intake.services.screening import decide_enquiry, give_back_enquiry, refuse_if_not_theirs, take_enquiry, take_oldest
from intake.services.sending import problems_of, send_enquiry
from intake.services.telling import OTHERWISE, SUBJECT, ask_for_letter, note_mailing, record_told, refuse_undecided

__all__ = [
    "OTHERWISE",
    "SUBJECT",
    "ask_for_letter",
    "decide_enquiry",
    "discard_draft",
    "give_back_enquiry",
    "note_mailing",
    "problems_of",
    "record_told",
    "refuse_if_not_theirs",
    "refuse_undecided",
    "remove_person",
    "save_page",
    "save_person",
    "send_enquiry",
    "start_draft",
    "take_enquiry",
    "take_oldest",
]
