"""What somebody types into an enquiry, all invented."""

from __future__ import annotations

from foundation.common import clock

NHS_NUMBER = "943 476 5919"


def family(**changes) -> dict:
    return {"family_name": "Quillfeather", "address": "4 Larkspur Row, Fernbank", "phone": "01632 960 004"} | changes


def child(**changes) -> dict:
    return {
        "given_name": "Tamsin",
        "family_name": "Quillfeather",
        "part": "child",
        "born_kind": "exact",
        "born_on": "2016-02-29",
        "nhs_number": NHS_NUMBER,
    } | changes


def mother(**changes) -> dict:
    return {
        "given_name": "Oriel",
        "family_name": "Quillfeather",
        "part": "mother",
        "born_kind": "unknown",
        "born_on": None,
        "nhs_number": "",
    } | changes


def story(**changes) -> dict:
    return {
        "worries": "Tamsin has missed eleven days of school. She says she stays to look after her mother.",
        "working_well": "She reads every day, and her aunt visits.",
        "tried": "A breakfast club place since January.",
        "wishes": "Oriel would like help with mornings.",
        "needs": ["attendance", "caring"],
    } | changes


def consent(*, people: list[str], work: list, **changes) -> dict:
    return {
        "given": "yes",
        "given_by": "Oriel Quillfeather",
        "how": "spoken",
        "witness": "Ms Adeyemi, pastoral lead",
        "paper_kept_at": "",
        "privacy_notice": True,
        "given_on": clock.today().isoformat(),
        "ends_on": None,
        "see": [],
        "work": [str(each) for each in work],
        "information": ["family", "education"],
        "covers": people,
    } | changes
