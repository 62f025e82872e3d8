"""Every way a case, what is found out about looks at it, and a person's filters are written."""

from cases.services.beginning import begin_case
from cases.services.contacts import record_contact
from cases.services.filters import MOST_FILTERS, change_filter, delete_filter, save_filter
from cases.services.looks import find_unusual_looks, look_into
from cases.services.opening import NewPerson, open_case

__all__ = [
    "MOST_FILTERS",
    "NewPerson",
    "begin_case",
    "change_filter",
    "delete_filter",
    "find_unusual_looks",
    "look_into",
    "open_case",
    "record_contact",
    "save_filter",
]
