"""Reading the settings from the environment and an optional file, all faults reported together.

``CASESPACE_CONFIG`` may name a file of ``NAME=value`` lines; the environment wins over it.
"""

import difflib
import os
from pathlib import Path

from pydantic import ValidationError

from server.settings import Settings

# Variables with our prefix that other programs read: the compose file, the tests, the web client's tool.
NOT_SETTINGS = frozenset(
    {
        *("CASESPACE_CONFIG", "CASESPACE_TESTS_PARTS", "CASESPACE_URL"),
        *("CASESPACE_IMAGE", "CASESPACE_READING_IMAGE", "CASESPACE_VOICE_IMAGE"),
    }
)


class SettingsError(Exception):
    """The settings cannot be used; the text names every variable that is missing or wrong."""


def load_settings(config_file: Path | None = None) -> Settings:
    """Read the environment and the file; raise SettingsError that names every fault at once."""
    path = config_file or (Path(os.environ["CASESPACE_CONFIG"]) if "CASESPACE_CONFIG" in os.environ else None)
    if path is not None and not path.is_file():
        raise SettingsError(f"CASESPACE_CONFIG names {path}, which is not a file")
    lines = _unknown_variables()
    try:
        settings = Settings(_env_file=path, _env_file_encoding="utf-8")
    except ValidationError as fault:
        lines += [f"  {_variable(e['loc'])}: {e['msg']}" for e in fault.errors(include_input=False)]
    if lines:
        raise SettingsError("The settings cannot be used:\n" + "\n".join(lines))
    return settings


def _unknown_variables() -> list[str]:
    """Misspelt names in the environment: left alone, a default would silently stand in for what was meant."""
    known = {f"CASESPACE_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    lines = []
    for name in sorted(os.environ):
        if name.startswith("CASESPACE_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(f"  {name}: no such setting" + (f"; is {near[0]} meant?" if near else ""))
    return lines


def _variable(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0]) if loc else "settings"
    return name.upper() if name.upper().startswith("CASESPACE_") else f"CASESPACE_{name.upper()}"
