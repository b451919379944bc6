"""The data folder: ours or untouched, one runner at a time; keys and ports made once."""

import socket
import stat
from pathlib import Path

import pytest

from server.embedded.environment import passed_on, write_environment_file
from server.embedded.folder import FolderError, claim_folder
from server.embedded.keys import load_keys, record_key_file, write_private
from server.embedded.ports import GRPC_OFFSET, KeptPorts, choose, is_free
from server.embedded.prepared import Preparation
from server.setting_sources import load_settings
from server.setting_values import decode_key
from tests.parts.databases import SettingsMaker


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_folder_with_somebody_elses_files_is_neither_used_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    for reset in (False, True):
        with pytest.raises(FolderError, match="did not make"):
            claim_folder(tmp_path, reset=reset)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"


def test_reset_empties_a_folder_of_ours_and_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    data = tmp_path / "data"
    claim_folder(data, reset=False).close()
    (data / "mongo").mkdir()
    (data / "mongo" / "file").touch()
    (data / "link").symlink_to(outside, target_is_directory=True)
    claim_folder(data, reset=True).close()
    assert [entry.name for entry in data.iterdir()] == [".casespace-data"]
    assert (outside / "kept").exists()


def test_two_runners_cannot_share_a_folder(tmp_path: Path) -> None:
    with claim_folder(tmp_path / "data", reset=False), pytest.raises(FolderError, match="in use"):
        claim_folder(tmp_path / "data", reset=True)
    claim_folder(tmp_path / "data", reset=False).close()


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    first = load_keys(tmp_path)
    assert load_keys(tmp_path) == first
    assert mode(tmp_path / "keys.json") == 0o600
    assert len({first.master, first.index, first.token, first.s3_secret}) == 4
    pem = record_key_file(tmp_path).read_bytes()
    assert record_key_file(tmp_path).read_bytes() == pem
    assert mode(tmp_path / "record_key.pem") == 0o600
    assert load_keys(tmp_path / ".").s3.secret_key == first.s3_secret


def test_a_private_file_replaces_a_readable_one(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old", "utf-8")
    file.chmod(0o644)
    write_private(file, b"new")
    assert file.read_bytes() == b"new"
    assert mode(file) == 0o600


def test_ports_are_kept_and_have_a_free_neighbour(tmp_path: Path) -> None:
    ports = KeptPorts(tmp_path / "ports.json")
    chosen = {name: ports.get(name) for name in ("mongo", "s3", "web")}
    assert len(set(chosen.values())) == 3
    assert all(is_free(port) and is_free(port + GRPC_OFFSET) for port in chosen.values())
    again = KeptPorts(tmp_path / "ports.json")
    assert {name: again.get(name) for name in chosen} == chosen


def test_a_taken_port_is_kept_for_a_member_but_not_for_the_web(tmp_path: Path) -> None:
    ports = KeptPorts(tmp_path / "ports.json")
    taken = ports.get("web")
    with socket.create_server(("127.0.0.1", taken)):
        assert not is_free(taken)
        assert ports.get("web") == taken
        assert ports.get_free("web") != taken


def test_a_folder_is_prepared_again_when_its_result_is_gone(tmp_path: Path) -> None:
    note, result = tmp_path / "prepared", tmp_path / "demo.json"
    preparation = Preparation(note, result)
    assert not preparation.done()
    preparation.remember()
    assert not preparation.done(), "demo.json is missing"
    result.touch()
    assert Preparation(note, result).done()
    note.write_text("another version of the code", "utf-8")
    assert not Preparation(note, result).done()


def test_choose_avoids_what_is_taken() -> None:
    first = choose(set())
    assert choose(set(range(12_000, 21_900)) - {first}) == first


def test_the_environment_file_gives_the_same_settings(tmp_path: Path, make_settings: SettingsMaker) -> None:
    file = tmp_path / "casespace.env"
    variables = make_settings.environment(public_url="http://127.0.0.1:8123", recall_minutes="7")
    write_environment_file(file, variables)
    assert mode(file) == 0o600
    settings = load_settings(file)
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.recall_minutes == 7
    assert settings.mongo_uri.get_secret_value() == variables["CASESPACE_MONGO_URI"]
    assert len(decode_key(settings.index_key)) == 32


@pytest.mark.parametrize("value", ["it's", "two\nlines", "${HOME}"])
def test_a_value_that_the_file_would_change_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ValueError, match="CASESPACE_X cannot be written"):
        write_environment_file(tmp_path / "casespace.env", {"CASESPACE_X": value})


def test_a_shell_prepared_for_production_does_not_reach_production() -> None:
    shell = {
        "CASESPACE_LOG_LEVEL": "debug",
        "CASESPACE_MONGO_URI": "mongodb://production.example/",
        "CASESPACE_REDIS_URL": "redis://production.example/",
        "CASESPACE_WECHAT_SECRET": "secret",
    }
    assert passed_on(shell) == {"CASESPACE_LOG_LEVEL": "debug"}
