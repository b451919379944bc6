"""Tables that are opened in a spreadsheet run nothing that others wrote (OWASP, "CSV Injection")."""

import pytest

from services.spreadsheets import cell


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "+1", "－1", "@SUM(A1)", "\t=1", "\n=1", " \u3000=HYPERLINK(1)"])
def test_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "借条", "李四=王五", "2026-01-05", " 前有空格"])
def test_anything_else_stays(text: str) -> None:
    assert cell(text) == text
