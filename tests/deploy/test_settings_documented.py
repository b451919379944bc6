"""docs/operations.md and the example file name every setting, with the default that the code has, and none besides."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from miniprogram_api.sandbox import create_credentials
from server.setting_sources import SettingsError, load_settings
from server.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent.parent
EXAMPLE = REPOSITORY / "deploy" / "casespace.env.example"
ROW = re.compile(r"^\| `CASESPACE_(\w+)` \| ([^|]*) \| ([^|]*)\|$", re.MULTILINE)
LINE = re.compile(r"^(#?)CASESPACE_(\w+)=(.*)$", re.MULTILINE)

# Optional settings that make_secrets or the compose files give a value.
CHOSEN = {
    *("env", "metrics_token", "redis_url", "s3_secure"),
    *("hearing_janus_secret", "hearing_janus_admin_key", "hearing_turn_secret"),
}


def shown_default(field: FieldInfo) -> str:
    """A default as the table writes it."""
    if field.is_required():
        return "**required**"
    value: Any = field.default
    if isinstance(value, Path):
        value = value.relative_to(REPOSITORY)
    if value is None or value in ([], {}):
        return "—"
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def documented() -> dict[str, str]:
    text = (REPOSITORY / "docs" / "operations.md").read_text("utf-8")
    return {name.lower(): default.strip() for name, default, _meaning in ROW.findall(text)}


def test_the_table_is_complete_and_its_defaults_are_true() -> None:
    assert documented() == {name: shown_default(field) for name, field in Settings.model_fields.items()}


def test_the_example_file_is_complete_and_its_defaults_are_true() -> None:
    lines = {name.lower(): (mark, value) for mark, name, value in LINE.findall(EXAMPLE.read_text("utf-8"))}
    assert set(lines) == set(Settings.model_fields)
    for name, (mark, value) in lines.items():
        shown = shown_default(Settings.model_fields[name])
        if mark:
            assert shown in ("—", f"`{value}`"), name
            assert bool(value) == (shown != "—"), name
        elif shown != "**required**":
            assert name in CHOSEN, f"{name} has a default: comment it out"


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    subprocess.run([REPOSITORY / "deploy" / "make_secrets", folder], check=True, capture_output=True)
    return folder


def test_fresh_secrets_lack_exactly_what_only_the_operator_knows(secrets: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(secrets / "casespace.env")
    named = set(re.findall(r"CASESPACE_\w+", str(caught.value)))
    mine = {"PUBLIC_URL", "WECHAT_APPID", "PAY_MCHID", "PAY_MERCHANT_SERIAL", "PAY_API_V3_KEY"}
    container = {"RECORD_KEY_FILE", "PAY_PRIVATE_KEY_FILE"}  # paths that exist inside the container only
    assert {f"CASESPACE_{name}" for name in mine | container} <= named


def test_filled_in_they_are_a_production_configuration(secrets: Path, tmp_path: Path) -> None:
    """The made part and the operator's part together start a product in production mode."""
    vendor = create_credentials(tmp_path / "sandbox").product_variables("https://api.example.com")
    known = {name: value for name, value in vendor.items() if not name.endswith("_API_URL")}
    known |= {"CASESPACE_PUBLIC_URL": "https://law.example.com"}
    known |= {"CASESPACE_RECORD_KEY_FILE": str(secrets / "record_key.pem")}
    text = (secrets / "casespace.env").read_text("utf-8")
    for name, value in known.items():
        text = re.sub(rf"^#?{name}=.*$", f"{name}='{value}'", text, flags=re.MULTILINE)
    file = tmp_path / "casespace.env"
    file.write_text(text, "utf-8")
    settings = load_settings(file)
    assert settings.env == "production"
    password = (secrets / "mongo_app_password").read_text("utf-8").strip()
    assert f":{password}@" in settings.mongo_uri.get_secret_value()
    assert settings.s3_secret_key.get_secret_value() in (secrets / "s3.json").read_text("utf-8")
    assert settings.redis_url is not None
    valkey = (secrets / "valkey.conf").read_text("utf-8").split()[1]
    assert f":{valkey}@" in settings.redis_url.get_secret_value()


def test_secrets_are_never_overwritten_and_nobody_else_gets_in(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o700
    before = (secrets / "casespace.env").read_text("utf-8")
    again = subprocess.run([REPOSITORY / "deploy" / "make_secrets", secrets], capture_output=True, check=False)
    assert again.returncode == 1
    assert (secrets / "casespace.env").read_text("utf-8") == before


def test_two_sets_of_secrets_share_nothing(secrets: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run([REPOSITORY / "deploy" / "make_secrets", other], check=True, capture_output=True)
    for file in secrets.iterdir():
        assert file.read_bytes() != (other / file.name).read_bytes(), file.name
    shutil.rmtree(other)
