"""Whole journeys in a real browser, one role after another, on the real product."""
