"""The pages of people. Signing in and one's own account are allauth's, under /accounts/."""

from django.urls import include, path

from accounts.views import invitation, language, seller, sessions, team, team_log

settings_pages = [
    path("team/", team.team, name="team"),
    path("team/log/", team_log.log, name="team_log"),
    path("team/members/<int:pk>/", team.member, name="member"),
    path("team/members/<int:pk>/remove/", team.remove_member, name="remove_member"),
    path("team/invitations/", team.invite, name="invite"),
    path("team/invitations/<int:pk>/resend/", team.resend_invitation, name="resend_invitation"),
    path("team/invitations/<int:pk>/revoke/", team.revoke_invitation, name="revoke_invitation"),
    path("team/invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("seller/", seller.switch, name="switch_seller"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
]

urlpatterns = [
    path("settings/", include((settings_pages, "accounts"))),
    path("i18n/setlang/", language.choose, name="set_language"),
]
