"""Addresses of agencies and people, below `/<partnership>/set-up/`."""

from django.urls import URLPattern, path

from foundation.accounts.views import agencies, inviting, people

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("agencies/", agencies.AgencyList.as_view(), name="agencies"),
    path("agencies/add/", agencies.AgencyAdd.as_view(), name="agency_add"),
    path("agencies/<uuid:agency_id>/", agencies.AgencyDetail.as_view(), name="agency"),
    path("agencies/<uuid:agency_id>/change/", agencies.AgencyChange.as_view(), name="agency_change"),
    path("agencies/<uuid:agency_id>/close/", agencies.AgencyClose.as_view(), name="agency_close"),
    path("agencies/<uuid:agency_id>/reopen/", agencies.AgencyReopen.as_view(), name="agency_reopen"),
    path("agencies/<uuid:agency_id>/teams/add/", agencies.TeamAdd.as_view(), name="team_add"),
    path("agencies/<uuid:agency_id>/invite/", inviting.InviteTo.as_view(), name="invite_to"),
    path("teams/<uuid:team_id>/", agencies.TeamChange.as_view(), name="team_change"),
    path("people/", people.PeopleList.as_view(), name="people"),
    path("people/invite/", inviting.InviteAgency.as_view(), name="invite"),
    path("people/<int:user_id>/", people.PersonDetail.as_view(), name="person"),
    path("people/<int:user_id>/deactivate/", people.Deactivate.as_view(), name="person_deactivate"),
    path("people/<int:user_id>/bring-back/", people.BringBack.as_view(), name="person_bring_back"),
    path("people/<int:user_id>/roles/add/", people.RoleAgency.as_view(), name="role_agency"),
    path("people/<int:user_id>/roles/add/<uuid:agency_id>/", people.RoleAdd.as_view(), name="role_add"),
    path("roles/<uuid:membership_id>/end/", people.RoleEnd.as_view(), name="role_end"),
    path("invitations/", inviting.InvitationList.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/send-again/", inviting.SendAgain.as_view(), name="invitation_again"),
    path("invitations/<uuid:invitation_id>/withdraw/", inviting.Withdraw.as_view(), name="invitation_withdraw"),
]
