"""Cells of tables that people open in a spreadsheet. Pure."""

# The wide ones begin a formula in Chinese and Japanese editions (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def cell(text: str) -> str:
    """A text that others wrote, so that it begins no formula, not even behind blanks."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip(" \u3000").startswith(_FORMULA) else text
