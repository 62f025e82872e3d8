"""England's bank holidays, from the list that came with the product: nothing is asked of the network (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from govuk_bank_holidays.bank_holidays import BankHolidays


@cache
def bank_holidays() -> Mapping[dt.date, str]:
    """England's bank holidays by day, from the list that came with the product: nothing is asked of the network."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return MappingProxyType({holiday["date"]: holiday["title"] for holiday in known})


@cache
def known_years() -> tuple[int, int]:
    """The first and the last year whose bank holidays are known."""
    return min(bank_holidays()).year, max(bank_holidays()).year
