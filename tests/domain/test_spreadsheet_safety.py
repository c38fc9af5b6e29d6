"""One guard for every cell that is written."""

from __future__ import annotations

import pytest

from segment_manager.domain.spreadsheet_safety import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+49 30 1234", "-cmd|' /C calc'!A0", "\tx", "\r=1", "\n=1", "＝1"]
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    """No spreadsheet runs it."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "-5", "+3.25", "-1.234,50", "-12%", "12", "é", "'=1"])
def test_numbers_and_plain_texts_stay(text):
    """A negative number is a number."""
    assert harmless(text) == text
