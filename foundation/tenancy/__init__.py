"""The wall between partnerships: scope, base model, row-level security, composite foreign keys."""
