"""The pages of people: the team, invitations, which seller and which language."""
