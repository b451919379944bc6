"""The compose file hangs together: secrets, volumes, addresses and image contents are those that the parts expect."""

import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from server.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DEPLOY = REPOSITORY / "deploy"
PRODUCT = ("web1", "web2", "worker", "migrate")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def test_every_secret_is_declared_used_and_made_or_asked_for() -> None:
    file = compose()
    used = {name for service in file["services"].values() for name in service.get("secrets", [])}
    assert used == set(file["secrets"])
    script = (DEPLOY / "make_secrets").read_text("utf-8")
    for secret in file["secrets"].values():
        assert Path(secret["file"]).name in script


def test_every_path_below_run_secrets_is_a_secret_of_that_service() -> None:
    for name, service in compose()["services"].items():
        named = set(re.findall(r"/run/secrets/(\w+)", str(service)))
        assert named <= set(service.get("secrets", [])), name


def test_nginx_and_the_init_script_name_only_services_and_secrets_that_exist() -> None:
    file = compose()
    nginx = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert set(re.findall(r"server (\w+):8000", nginx)) == {"web1", "web2"} <= set(file["services"])
    assert set(re.findall(r"/run/secrets/(\w+)", nginx)) == set(file["services"]["nginx"]["secrets"])
    script = (DEPLOY / "mongo" / "init.js").read_text("utf-8")
    assert set(re.findall(r'"(mongo\d):27017"', script)) == {"mongo1", "mongo2", "mongo3"} <= set(file["services"])
    assert set(re.findall(r'secret\("(\w+)"\)', script)) <= set(file["services"]["mongo-init"]["secrets"])


def test_the_product_runs_unprivileged_and_believes_nginx_only() -> None:
    file = compose()
    proxy = file["services"]["nginx"]["networks"]["default"]["ipv4_address"]
    for name in PRODUCT:
        service = file["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service, "only nginx is reached from outside"
        assert service["environment"]["CASESPACE_TRUSTED_PROXIES"] == proxy


def test_only_nginx_publishes_ports() -> None:
    assert [name for name, service in compose()["services"].items() if "ports" in service] == ["nginx"]


def test_variables_in_the_compose_file_are_settings() -> None:
    known = {f"CASESPACE_{name.upper()}" for name in Settings.model_fields} | {"CASESPACE_CONFIG"}
    for name in PRODUCT:
        assert set(compose()["services"][name]["environment"]) <= known


def test_a_stop_is_given_more_time_than_the_product_takes() -> None:
    drain = Settings.model_fields["drain_seconds"].default
    for name in PRODUCT:
        assert int(compose()["services"][name]["stop_grace_period"].removesuffix("s")) > drain + 5


def test_nginx_lets_the_largest_upload_through_and_nothing_else_of_that_size() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text("utf-8")
    sizes = [int(size) for size in re.findall(r"client_max_body_size (\d+)m", nginx)]
    assert sizes == [1, 110]
    assert sizes[1] > Settings.model_fields["upload_max_mb"].default


def test_the_image_holds_nothing_for_development() -> None:
    """A production container must not be able to reach, or be, the sandbox."""
    ignored = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    assert {"miniprogram_api/sandbox", "server/embedded"} <= set(ignored)
    assert "!tests" not in ignored
