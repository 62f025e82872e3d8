"""The two logs of one partnership and the chain over both, reckoned as the database's triggers would have."""

from __future__ import annotations

from earlyhelp.populate.tables import ACCESS, AUDIT, CHAIN, NULL
from foundation.audit.chain import Link, digest_of, digest_of_detail, hash_of

Rows = dict[str, list[str]]


class Trail:
    """Writes entries and their links, in the order in which they are given."""

    def __init__(self, partnership_id: str, rows: Rows) -> None:
        self._text = partnership_id
        self._audit, self._access, self._chain = rows[AUDIT.name], rows[ACCESS.name], rows[CHAIN.name]
        self._seq = 0
        self._hash = b""
        self._details: dict[str, bytes] = {}

    def did(
        self, key: str, at: str, second: int, who: tuple[int, str], role: str, verb: str, what: tuple[str, str],
        case_id: str, detail: str,
    ) -> None:  # fmt: skip
        """Something done: `at` as text and as a second since 1970, the user and the agency, the subject's kind and id.

        `detail` is written as PostgreSQL writes its JSON; `case_id` is "" where the deed is of no case.
        """
        (user, agency), (kind, subject) = who, what
        kept = self._details.get(detail)
        if kept is None:
            kept = self._details[detail] = digest_of_detail(detail)
        self._audit.append(
            f"{key}\t{self._text}\t{at}\t{user}\t{agency}\t{{{role}}}\t{verb}\t{kind}\t{subject}\t"
            f"{case_id or NULL}\t{detail}"
        )
        fields = [self._text, key, f"{second}000000", str(user), agency, role, verb, kind, subject, case_id]
        self._link("audit", key, at, digest_of("audit", fields, kept))

    def saw(self, key: str, at: str, second: int, who: tuple[int, str], what: tuple[str, str], case_id: str) -> None:
        """Something looked at, on a page."""
        (user, agency), (kind, subject) = who, what
        self._access.append(f"{key}\t{self._text}\t{at}\t{user}\t{agency}\t{kind}\t{subject}\t{case_id}\tpage")
        fields = [self._text, key, f"{second}000000", str(user), agency, "page", kind, subject, case_id]
        self._link("access", key, at, digest_of("access", fields))

    def _link(self, kind: str, key: str, at: str, digest: bytes) -> None:
        self._seq += 1
        link = Link(self._seq, kind, key, digest, b"")  # type: ignore[arg-type]  # hashed as text anyway
        self._hash = hash_of(self._text, link, self._hash)  # type: ignore[arg-type]
        self._chain.append(
            f"{key}\t{self._text}\t{kind}\t{at}\t\\\\x{digest.hex()}\t{self._seq}\t\\\\x{self._hash.hex()}"
        )
