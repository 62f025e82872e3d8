"""The write paths of agencies, teams, memberships and invitations, inside the partnership's scope.

Only what somebody does with an invitation's link stands outside a scope: `accept_invitation` and `join_by_invitation`
open the one that the link names.
"""

from foundation.accounts.services.accepting import accept_invitation, join_by_invitation
from foundation.accounts.services.agencies import (
    change_agency,
    close_agency,
    create_agency,
    create_team,
    rename_team,
    reopen_agency,
)
from foundation.accounts.services.invitations import invite, send_invitation_again, withdraw_invitation
from foundation.accounts.services.members import (
    add_membership,
    bring_back,
    deactivate,
    end_membership,
    note_sign_in,
)

__all__ = [
    "accept_invitation",
    "add_membership",
    "bring_back",
    "change_agency",
    "close_agency",
    "create_agency",
    "create_team",
    "deactivate",
    "end_membership",
    "invite",
    "join_by_invitation",
    "note_sign_in",
    "rename_team",
    "reopen_agency",
    "send_invitation_again",
    "withdraw_invitation",
]
