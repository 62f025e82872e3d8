"""The pages under `/<partnership>/set-up/`, for the partnership's administrator alone."""
