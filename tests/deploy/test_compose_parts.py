"""Sound and reading as further compose files: they fit the first one, the settings, and what the tests run."""

import os
import re
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from server.embedded.janus import RTP_PORTS, Janus
from server.embedded.ports import choose
from server.settings import Settings
from tests.deploy.test_compose import DEPLOY, REPOSITORY, compose

VOICE = ("janus", "coturn", "recordings")
PRODUCT = ("web1", "web2", "worker")
TURN = "law.example.com"


def part(name: str) -> dict[str, Any]:
    text = (DEPLOY / f"compose.{name}.yaml").read_text("utf-8")
    filled = re.sub(r"\$\{TURN_HOST(:\?[^}]*)?\}", TURN, text)
    loaded: dict[str, Any] = yaml.safe_load(filled)
    return loaded


@pytest.fixture(scope="module")
def hearings() -> dict[str, Any]:
    return part("hearings")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    subprocess.run([DEPLOY / "make_secrets", folder], check=True, capture_output=True)
    return folder


def test_secrets_of_the_voice_services_are_made_and_are_the_products(hearings: dict[str, Any], secrets: Path) -> None:
    declared = {**compose()["secrets"], **hearings["secrets"]}
    for name in VOICE:
        assert set(hearings["services"][name].get("secrets", [])) <= set(declared)
    assert Path(hearings["secrets"]["voice_env"]["file"]).name == "voice.env"
    made = dict(line.split("=", 1) for line in (secrets / "voice.env").read_text("utf-8").splitlines())
    settings = (secrets / "casespace.env").read_text("utf-8")
    for name, value in made.items():
        assert f"CASESPACE_HEARING_{name}={value}\n" in settings
    assert len(set(made.values())) == 3


def test_addresses_paths_and_ports_agree(hearings: dict[str, Any]) -> None:
    services = hearings["services"]
    addresses = {name: services[name]["networks"]["default"]["ipv4_address"] for name in ("janus", "coturn")}
    subnet = ip_network(compose()["networks"]["default"]["ipam"]["config"][0]["subnet"])
    taken = compose()["services"]["nginx"]["networks"]["default"]["ipv4_address"]
    assert all(ip_address(one) in subnet for one in addresses.values())
    assert len({*addresses.values(), taken}) == 3
    assert services["janus"]["environment"]["JANUS_ADDRESS"] == addresses["janus"]
    assert services["coturn"]["environment"] == {
        "JANUS_ADDRESS": addresses["janus"],
        "TURN_ADDRESS": addresses["coturn"],
        "REALM": TURN,
    }
    for name in PRODUCT:
        told = services[name]["environment"]
        assert told["CASESPACE_HEARING_JANUS_URL"] == f"ws://{addresses['janus']}:8188"
        folder = told["CASESPACE_HEARING_RECORDINGS"]
        assert services[name]["volumes"] == services["janus"]["volumes"] == [f"recordings:{folder}"]
        assert {f"CASESPACE_{field.upper()}" for field in Settings.model_fields} > set(told)
    ports = {port.split(":")[0] for port in services["coturn"]["ports"]}
    urls = services["web1"]["environment"]["CASESPACE_HEARING_ICE_URLS"].split(",")
    assert [re.sub(r":\d+", "", url) for url in urls] == [
        *(f"turn:{TURN}", f"turn:{TURN}?transport=tcp", f"turns:{TURN}?transport=tcp")
    ]
    assert {url.split(":")[2].split("?")[0] for url in urls} == ports == {"3478", "5349"}


def test_nothing_but_turn_is_reached_from_outside(hearings: dict[str, Any]) -> None:
    services = hearings["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["coturn"]
    for name in VOICE:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert [name for name in VOICE if "user" in services[name]] == ["recordings"], "the others are not root"


def test_the_voice_image_holds_configuration_and_no_secret() -> None:
    let_in = (DEPLOY / "voice" / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert let_in == ["*", "!coturn", "!janus", "!voice/start"]
    copied = re.findall(r"^COPY (?:--\S+ )?(\S+) ", (DEPLOY / "voice" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {f"!{source}" for source in copied} == set(let_in) - {"*"}


def test_janus_is_started_with_what_the_tests_of_hearings_run(tmp_path: Path) -> None:
    """The container's start fills in the same files to the same text, but for where its WebSocket listens."""
    part = Janus(tmp_path / "embedded", choose(set()), ("one", "two"), "172.30.7.20", tmp_path / "log")
    part.command()
    secrets = tmp_path / "voice.env"
    secrets.write_text("JANUS_SECRET=one\nJANUS_ADMIN_KEY=two\nTURN_SECRET=three\n", "utf-8")
    values = {
        "VOICE_TEMPLATES": str(DEPLOY),
        "VOICE_SECRETS": str(secrets),
        "VOICE_RUN": str(tmp_path / "run"),
        "VOICE_ONLY_FILL": "yes",
        "JANUS_ADDRESS": "172.30.7.20",
        "RTP_PORTS": RTP_PORTS,
    }
    subprocess.run([DEPLOY / "voice" / "start", "janus"], env={**os.environ, **values}, check=True)
    ours, its = tmp_path / "embedded" / "config", tmp_path / "run" / "janus"
    assert _files(ours) == _files(its)
    differ = [(a, b) for a, b in zip(_lines(ours), _lines(its), strict=True) if a != b]
    assert [b for _, b in differ] == ["ws_port = 8188", 'ws_ip = "172.30.7.20"']


def _files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*"))


def _lines(folder: Path) -> list[str]:
    text = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.jcfg")))
    return [line.strip() for line in text.replace(str(folder), "FOLDER").splitlines()]


def test_every_process_that_takes_papers_has_the_image_that_reads_them() -> None:
    services = part("reading")["services"]
    assert set(services) == set(PRODUCT)
    assert len({service["image"] for service in services.values()}) == 1
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?", (REPOSITORY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert services["web1"]["build"]["target"] in [name for _, name in stages]
    assert stages[-2:] == [("product", "reading"), ("product", "")], "without a target the product is built"
    ignored = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    assert {"!scripts/requirements.py", "!scripts/ocr_weights.py", "!ocr", "!constraints.txt"} <= set(ignored)
