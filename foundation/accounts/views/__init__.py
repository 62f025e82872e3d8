"""Pages of signing in, of one's own account, and of choosing a hat."""
