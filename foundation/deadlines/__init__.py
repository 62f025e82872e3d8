"""When something is due: working days, bank holidays and closure days, reckoned and explained."""
