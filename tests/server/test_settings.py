"""Settings: all faults at once, and no way from production to the sandbox (issue "The slice")."""

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.setting_sources import SettingsError, load_settings
from server.settings import Settings
from tests.parts.databases import SettingsMaker

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = {
    "CASESPACE_ENV": "production",
    "CASESPACE_PUBLIC_URL": "https://space.lawfirm.cn",
    "CASESPACE_WECHAT_API_URL": "https://api.weixin.qq.com",
    "CASESPACE_PAY_API_URL": "https://api.mch.weixin.qq.com",
    "CASESPACE_PAY_FALLBACK_API_URL": "https://api2.mch.weixin.qq.com",
    "CASESPACE_SMS_API_URL": "https://sms.tencentcloudapi.com",
    "CASESPACE_VOICE_API_URL": "https://vms.tencentcloudapi.com",
    "CASESPACE_IDENTITY_API_URL": "https://faceid.tencentcloudapi.com",
    "CASESPACE_COMPANY_API_URL": "https://ocr.tencentcloudapi.com",
}


@pytest.fixture
def production(make_settings: SettingsMaker, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A production environment that is in order."""
    variables = make_settings.environment() | REAL
    for name in ("CASESPACE_SANDBOX_URL", "CASESPACE_DEMO_FILE"):
        variables.pop(name, None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def faults() -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value)


def test_a_production_configuration_in_order_is_taken(production: dict[str, str]) -> None:
    settings = load_settings()
    assert (settings.env, settings.development, settings.sandbox_url) == ("production", False, None)
    assert settings.http_port == int(production["CASESPACE_HTTP_PORT"])


def test_without_a_word_it_is_production(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASESPACE_ENV")
    assert load_settings().env == "production"
    monkeypatch.setenv("CASESPACE_SANDBOX_URL", "http://127.0.0.1:9000")
    assert "CASESPACE_SANDBOX_URL" in faults()


def test_everything_that_is_missing_is_named_at_once() -> None:
    said = faults()
    required = [name for name, field in Settings.model_fields.items() if field.is_required()]
    assert len(required) > 20
    for name in required:
        assert f"CASESPACE_{name.upper()}: " in said


def test_everything_that_is_wrong_is_named_at_once(production: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "HTTP_PORT": "70000",
        "PUBLIC_URL": "http://space.lawfirm.cn",
        "WECHAT_API_URL": "http://127.0.0.1:9000",
        "PAY_API_URL": "https://127.0.0.1:9000",
        "SANDBOX_URL": "http://127.0.0.1:9000",
        "DEMO_FILE": "/tmp/demo.json",
        "MASTER_KEYS": "m1:short",
        "INDEX_KEY": base64.b64encode(b"x" * 31).decode(),
        "TOKEN_KEYS": "no pair",
        "RECORD_KEY_FILE": "/nowhere/key.pem",
        "PAY_PLATFORM_KEYS": "S1:/nowhere/platform.pem",
        "PAY_API_V3_KEY": "too short",
        "WECHAT_APPID": "WX-1",
        "WECHAT_PUSH_AES_KEY": "short",
        "WECHAT_SECRET": "",
        "SMS_TEMPLATES": "notice:1",
        "LOG_LEVEL": "loud",
        "ACCESS_TOKEN_MINUTES": "9999",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(f"CASESPACE_{name}", value)
    said = faults()
    for name in wrong:
        assert f"CASESPACE_{name}: " in said, name
    assert "too short" not in said, "values are not repeated: they may be secrets"


@pytest.mark.parametrize("name", ["WECHAT_API_URL", "PAY_API_URL", "PAY_FALLBACK_API_URL", "SMS_API_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.weixin.qq.com",
        "https://localhost",
        "https://localhost.",
        "https://127.0.0.1:9000",
        "https://127.1",
        "https://2130706433",
        "https://0x7f.0.0.1",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://10.0.0.7",
        "https://sandbox",
        "https://sandbox.internal",
        "https://api.weixin.qq.com.evil.cn",
        "https://evilweixin.qq.com",
        "https://api.weixin.qq.com@evil.cn",
        "ftp://api.weixin.qq.com",
        "api.weixin.qq.com",
    ],
)
def test_production_talks_to_the_vendors_and_to_nobody_else(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(f"CASESPACE_{name}", url)
    assert f"CASESPACE_{name}: " in faults()


@pytest.mark.parametrize("url", ["https://sh.api.weixin.qq.com", "https://api2.weixin.qq.com/"])
def test_the_vendors_other_hosts_are_fine(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CASESPACE_WECHAT_API_URL", url)
    assert load_settings().wechat_api_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://space.lawfirm.cn", "https://localhost", "https://192.168.1.5", "https://127.1"]
)
def test_production_has_a_public_address(production: dict[str, str], monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CASESPACE_PUBLIC_URL", url)
    assert "CASESPACE_PUBLIC_URL: " in faults()


def test_development_may_use_the_sandbox(make_settings: SettingsMaker) -> None:
    settings = make_settings()
    assert settings.development
    assert settings.wechat_api_url.startswith("http://127.0.0.1")


def test_a_certificate_and_its_key_go_together(make_settings: SettingsMaker) -> None:
    some_key = Path(make_settings.environment()["CASESPACE_RECORD_KEY_FILE"])
    with pytest.raises(ValueError, match="go together"):
        make_settings(tls_key_file=some_key)


def test_a_misspelt_variable_is_named_with_the_one_that_was_meant(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASESPACE_REDIS_ULR", "redis://x")
    assert "CASESPACE_REDIS_ULR: no such setting; is CASESPACE_REDIS_URL meant?" in faults()


def test_a_file_that_holds_something_else_is_noticed_at_start(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not first when money moves, or the record is to be signed."""
    (tmp_path / "empty.pem").write_text("")
    record, merchant = production["CASESPACE_RECORD_KEY_FILE"], production["CASESPACE_PAY_PRIVATE_KEY_FILE"]
    monkeypatch.setenv("CASESPACE_RECORD_KEY_FILE", merchant)
    monkeypatch.setenv("CASESPACE_PAY_PRIVATE_KEY_FILE", record)
    monkeypatch.setenv("CASESPACE_TSA_CERT_FILE", record)
    monkeypatch.setenv("CASESPACE_TLS_KEY_FILE", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("CASESPACE_PAY_PLATFORM_KEYS", f"PUB_KEY_ID_1:{tmp_path}/nothing.pem")
    told = faults()
    assert "CASESPACE_RECORD_KEY_FILE: Value error, must hold an Ed25519 private key" in told
    assert "CASESPACE_PAY_PRIVATE_KEY_FILE: Value error, must hold the merchant's RSA private key" in told
    assert "CASESPACE_TSA_CERT_FILE: Value error, holds no certificate" in told
    assert "CASESPACE_TLS_KEY_FILE: Value error, holds no private key" in told
    assert "CASESPACE_PAY_PLATFORM_KEYS: Value error, cannot read" in told


def test_secrets_are_never_shown(make_settings: SettingsMaker) -> None:
    environment = make_settings.environment()
    settings = make_settings()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    hidden = [
        *("WECHAT_SECRET", "WECHAT_PUSH_TOKEN", "WECHAT_PUSH_AES_KEY", "PAY_API_V3_KEY", "INDEX_KEY"),
        *("SMS_SECRET_KEY", "SMS_SECRET_ID", "S3_SECRET_KEY", "S3_ACCESS_KEY", "MONGO_URI"),
    ]
    for name in hidden:
        assert environment[f"CASESPACE_{name}"] not in shown, name
    for name in ("MASTER_KEYS", "TOKEN_KEYS"):
        assert environment[f"CASESPACE_{name}"].partition(":")[2] not in shown, name
    assert "SecretStr('**********')" in shown


def test_the_file_is_read_and_the_environment_wins(
    make_settings: SettingsMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "casespace.env"
    lines = [f"{name}='{value}'" for name, value in make_settings.environment().items()]
    file.write_text("\n".join([*lines, "CASESPACE_RECALL_MINUTES=7", "CASESPACE_UPLOAD_MAX_MB=8"]))
    monkeypatch.setenv("CASESPACE_CONFIG", str(file))
    monkeypatch.setenv("CASESPACE_UPLOAD_MAX_MB", "9")
    settings = load_settings()
    assert (settings.recall_minutes, settings.upload_max_mb) == (7, 9)
    file.write_text(file.read_text() + "\nCASESPACE_REDIS_ULR=redis://x\n")
    assert "CASESPACE_REDIS_ULR: " in faults()
    monkeypatch.setenv("CASESPACE_CONFIG", str(tmp_path / "none"))
    assert "CASESPACE_CONFIG" in faults()


def test_several_keys_keep_their_order(make_settings: SettingsMaker) -> None:
    new, old = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    settings: Any = make_settings(master_keys=f"m2:{new}, m1:{old}")
    assert list(settings.master_keys) == ["m2", "m1"]


@pytest.mark.parametrize("command", ["all", "web", "migrate"])
def test_the_program_ends_with_the_list_and_no_trace(command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASESPACE_")}
    done = subprocess.run(
        [sys.executable, "-m", "server", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "CASESPACE_MONGO_URI: " in done.stderr
    assert "Traceback" not in done.stderr


def test_one_of_several_processes_needs_a_bus(make_settings: SettingsMaker) -> None:
    environment = {**os.environ, **make_settings.environment()}
    done = subprocess.run(
        [sys.executable, "-m", "server", "web"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "CASESPACE_REDIS_URL" in done.stderr
