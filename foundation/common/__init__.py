"""What every room uses and no room owns: errors, ids, the clock, text, actors, policies."""
