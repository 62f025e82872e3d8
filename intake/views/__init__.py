"""The pages of the front door: writing, following, screening."""
