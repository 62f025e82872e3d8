"""What is written of each table: its columns in order, as rows of text for COPY."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NULL = "\\N"


class WrongColumns(Exception):
    """A table has a column that must be filled and that nobody fills here."""


@dataclass(frozen=True)
class Table:
    """One table; `columns` are those that a row gives, `constants` those that every row has alike."""

    name: str
    columns: tuple[str, ...]
    constants: tuple[tuple[str, str], ...] = ()

    @property
    def copy(self) -> str:
        """The statement that takes its rows."""
        names = [*self.columns, *(column for column, _ in self.constants)]
        quoted = ", ".join(f'"{name}"' for name in names)  # "when" and "to" are words of SQL
        return f"COPY {self.name} ({quoted}) FROM STDIN"

    def lines(self, rows: Iterable[str]) -> str:
        """Rows as COPY reads them."""
        end = "".join(f"\t{value}" for _, value in self.constants) + "\n"
        return end.join(rows) + end

    def checked(self, required: Iterable[str]) -> None:
        """Raises WrongColumns when one of the columns that must be filled is not."""
        given = {*self.columns, *(column for column, _ in self.constants)}
        if missing := sorted(set(required) - given):
            raise WrongColumns(f"{self.name} has columns that populate does not fill: {', '.join(missing)}.")


def _table(name: str, columns: str) -> Table:
    return Table(name, tuple(columns.split()))


FAMILY = _table("cases_family", "id partnership_id name address phone created_at")
PERSON = _table("cases_person", "id partnership_id given_name family_name born_on born_kind nhs_number created_at")
MEMBER = _table("cases_familymember", "id partnership_id family_id person_id part position")
CASE = _table(
    "cases_case",
    "id partnership_id reference family_id state level lead_id lead_agency_id team_id opened_at opened_by_id",
)
GRANT = _table("cases_casegrant", "partnership_id content_object_id group_id permission_id until opened_at")
CONSENT = _table(
    "consent_consent",
    "id partnership_id case_id state given_by how witness paper_kept_at privacy_notice information given_on ends_on "
    "recorded_by_id recorded_for_id recorded_at withdrawn_at withdrawn_by_id withdrawn_told_by",
)
CONSENT_AGENCY = _table(
    "consent_consentagency",
    "id partnership_id consent_id agency_id level withdrawn_at withdrawn_by_id withdrawn_told_by",
)
CONSENT_PERSON = _table("consent_consentperson", "id partnership_id consent_id person_id")
ENQUIRY = _table(
    "intake_enquiry",
    "id partnership_id reference draft_key state received_at sent_by_id sent_for_id consent_id family_name address "
    "phone worries working_well tried wishes needs risk_words taken_by_id taken_at decision level reason "
    "decided_by_id decided_at case_id",
)
ENQUIRY_PERSON = _table(
    "intake_enquiryperson",
    "id partnership_id enquiry_id position given_name family_name part born_on born_kind nhs_number consent_covers "
    "person_id",
)
ASSESSMENT = _table(
    "assessments_assessment",
    "id partnership_id case_id version definition_id state author_id created_at agreed_at agreed_by family_views "
    "submitted_at submitted_by_id decided_at decided_by_id approval_comment frozen frozen_sha256",
)
SECTION = _table(
    "assessments_section", "id partnership_id assessment_id key answers state revision saved_at saved_by_id"
)
DEADLINE = _table(
    "deadlines_deadline",
    "id partnership_id kind subject_kind subject_id case_id reference owner_id agency_id team_id state policy_version "
    "start_event started_at count unit for_figures approval_first left_out original_due_at due_at met_at paused_at "
    "cancelled_at cancel_reason",
)
EXTENSION = _table(
    "deadlines_extension",
    "id partnership_id deadline_id state until reason late due_before asked_by_id asked_at decided_by_id decided_at "
    "answer",
)
REMINDER = _table("deadlines_reminder", "id partnership_id deadline_id step when to clock_due_at due_at done_at")
MESSAGE = _table(
    "notifications_message",
    "id partnership_id user_id agency_id key kind params subject_kind subject_id case_id reference at read_at "
    "mailing_id",
)
MAILING = _table(
    "notifications_mailing",
    "id partnership_id user_id state asked_at claimed_at leased_until handed_over_at settled_at look_at attempts "
    "channel provider_id trouble",
)
AUDIT = _table(
    "audit_entry",
    "id partnership_id at user_id agency_id roles verb subject_kind subject_id case_id detail",
)
ACCESS = _table("audit_access", "id partnership_id at user_id agency_id subject_kind subject_id case_id how")
CHAIN = _table("audit_chain", "entry_id partnership_id entry_kind entry_at digest seq hash")

# The tables whose rows have a history; one that is kept is the row itself with what follows it.
TRACKED = (
    FAMILY, PERSON, MEMBER, CASE, CONSENT, CONSENT_AGENCY, CONSENT_PERSON, ENQUIRY, ASSESSMENT, DEADLINE, EXTENSION,
)  # fmt: skip
HISTORY = {
    table.name: Table(
        f"{table.name}event", (*table.columns, "pgh_created_at", "pgh_label", "pgh_context", "pgh_obj_id")
    )
    for table in TRACKED
}
ALL = (
    *TRACKED, GRANT, ENQUIRY_PERSON, SECTION, REMINDER, MESSAGE, MAILING, AUDIT, ACCESS, CHAIN, *HISTORY.values(),
)  # fmt: skip
