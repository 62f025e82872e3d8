"""People who sign in: users, agencies, teams, memberships, hats."""
