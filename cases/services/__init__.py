"""Every way a case, what is found out about looks at it, and a person's filters are written."""

from cases.services.filters import MOST_FILTERS, change_filter, delete_filter, save_filter
from cases.services.looks import find_unusual_looks, look_into
from cases.services.opening import NewPerson, open_case

__all__ = [
    "MOST_FILTERS",
    "NewPerson",
    "change_filter",
    "delete_filter",
    "find_unusual_looks",
    "look_into",
    "open_case",
    "save_filter",
]
