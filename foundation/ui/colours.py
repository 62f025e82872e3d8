"""A partnership's colour, and the text colour that can be read on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT = "#1d70b8"
DARK, LIGHT = "#000000", "#ffffff"  # with a lighter black some colours would carry neither
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # what WCAG 2.2 asks of text, and of lines and shapes
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Brand:
    """A background, the text on it, and the colour of a rule beneath it that is seen on white."""

    colour: str
    text: str


def brand(colour: str | None) -> Brand:
    """The brand of a colour such as "#1d70b8"; anything else than six hex digits is the default (it stands in CSS)."""
    wanted = (colour or "").lower()
    if not _HEX.fullmatch(wanted):
        wanted = DEFAULT
    return Brand(wanted, max((LIGHT, DARK), key=lambda text: contrast(wanted, text)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21; text needs 4.5."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_colour(colour: str) -> bool:
    """Whether this is six hex digits in lower case behind a "#"."""
    return _HEX.fullmatch(colour) is not None


def can_be_seen(colour: str) -> bool:
    """Whether a rule of this colour can be seen on the white page. Text on it always can: in black if not in white."""
    return contrast(colour, LIGHT) >= SHAPE_CONTRAST


def nearest_seen(colour: str) -> str:
    """The colour itself if it can be seen on white, else the lightest shade of it that can."""
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for percent in range(100, 0, -1):
        shade = "#" + "".join(f"{channel * percent // 100:02x}" for channel in channels)
        if can_be_seen(shade):
            return shade
    return DARK


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
