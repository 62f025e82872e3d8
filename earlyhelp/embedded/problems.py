"""What can stand in the way of a start, said in one line (OPS-1)."""

from __future__ import annotations


class Problem(Exception):
    """Something the person at the keyboard can put right; its text is one plain sentence.

    Commands print the text and end with exit code 1, without a traceback (OPS-1).
    """
