"""The write paths of a partnership's own settings; each is one call."""
