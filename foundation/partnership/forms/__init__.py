"""The forms of the pages under `/<partnership>/set-up/`."""
