"""The real parts behave as production's would where the product relies on it, and are reachable from nowhere else."""

import io
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from minio import Minio
from minio.error import S3Error
from pymongo import MongoClient

from server.embedded.certificates import make_certificate
from server.embedded.http_check import get_status
from server.embedded.keys import load_keys
from server.embedded.mongo import Mongo
from server.embedded.ports import KeptPorts, choose
from server.embedded.processes import Part, PartError, start_together, stop_together
from server.embedded.sandbox import Sandbox
from server.embedded.seaweed import Seaweed
from server.embedded.valkey import Valkey
from tests.parts.loopback import LeavesMachineError
from tests.parts.real import RealParts

LISTENING = "0A"  # in /proc/net/tcp, see proc(5)


@pytest.fixture(scope="module")
def own_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Part]]:
    """A second set beside the session's: two must be able to live on one machine."""
    folder = tmp_path_factory.mktemp("parts")
    ports = KeptPorts(folder / "ports.json")
    parts: list[Part] = [
        Mongo(folder / "mongo", ports.get("mongo"), folder / "mongod.log"),
        Seaweed(folder / "s3", ports, load_keys(folder).s3, "files", folder / "s3.log"),
        Valkey(folder / "valkey", ports.get("valkey"), folder / "valkey.log"),
        Sandbox(folder / "sandbox", ports.get("sandbox"), folder / "sandbox.log"),
    ]
    start_together(parts)
    yield parts
    for part in parts:
        part.kill()


def listening_addresses(pid: int) -> set[str]:
    """The addresses on which a process and its children accept connections, as /proc writes them."""
    inodes = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("utf-8").splitlines()[1:]:
            columns = line.split()
            if columns[3] == LISTENING and f"socket:[{columns[9]}]" in inodes:
                found.add(columns[1].split(":")[0])
    return found


def test_every_part_listens_on_loopback_only(own_parts: list[Part]) -> None:
    loopback = {"0100007F"}  # 127.0.0.1 in the byte order of /proc
    assert {part.name: listening_addresses(part.pid) for part in own_parts} == {
        part.name: loopback for part in own_parts
    }


def test_mongod_has_transactions_and_no_compressors(parts: RealParts) -> None:
    with MongoClient[dict[str, Any]](parts.mongo_uri) as client, client.start_session() as session:
        collection = client["test_embedded"]["things"]
        with session.start_transaction():
            collection.insert_one({"_id": 1}, session=session)
            session.abort_transaction()
        assert collection.find_one({"_id": 1}) is None
        assert client.admin.command("hello").get("compression", []) == []
        client.drop_database("test_embedded")


def test_mongod_keeps_its_data_and_its_membership(tmp_path: Path) -> None:
    port = choose(set())
    for life in range(2):
        mongo = Mongo(tmp_path / "mongo", port, tmp_path / "mongod.log")
        start_together([mongo])
        with MongoClient[dict[str, Any]](mongo.uri) as client:
            client["kept"]["lives"].insert_one({"_id": life})
            assert client["kept"]["lives"].count_documents({}) == life + 1
        if life == 0:
            mongo.kill()
        else:
            stop_together([mongo])


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    port = choose(set())
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PartError, match=f"its port {port} is taken"):
        Mongo(tmp_path, port, tmp_path / "mongod.log").start()


def test_a_missing_library_is_explained(tmp_path: Path) -> None:
    mongo = Mongo(tmp_path, choose(set()), tmp_path / "mongod.log")
    mongo.log_file.write_text(
        "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file\n", "utf-8"
    )
    assert "apt-get install libcurl4 libssl3" in mongo.explain_exit()


def s3_client(parts: RealParts, secret: str) -> Minio:
    return Minio(parts.s3_endpoint, parts.s3_access_key, secret, secure=False, region="us-east-1")


def test_the_store_refuses_a_wrong_key(parts: RealParts) -> None:
    with pytest.raises(S3Error) as caught:
        s3_client(parts, "wrong").put_object(parts.s3_bucket, "x", io.BytesIO(b"x"), 1)
    assert caught.value.code == "SignatureDoesNotMatch"


def test_the_store_makes_no_bucket_by_itself(parts: RealParts) -> None:
    with pytest.raises(S3Error) as caught:
        s3_client(parts, parts.s3_secret_key).put_object("never-made", "x", io.BytesIO(b"x"), 1)
    assert caught.value.code == "NoSuchBucket"


def test_the_addresses_survive_the_way_to_a_worker(parts: RealParts) -> None:
    assert RealParts.from_json(parts.to_json()) == parts
    assert set(json.loads(parts.to_json())) >= {"mongo_uri", "s3_endpoint", "redis_url", "sandbox_url"}


def test_the_certificate_is_good_for_this_machine_and_trusted_by_nobody_else(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "192.0.2.7")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context, 2), daemon=True).start()
        port = listener.getsockname()[1]
        assert get_status(port, "/", certificate) == 204
        stranger = make_certificate(_made(tmp_path / "other"), "192.0.2.7")[0]
        assert get_status(port, "/", stranger) is None


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _serve(listener: socket.socket, context: ssl.SSLContext, times: int) -> None:
    for _ in range(times):
        plain, _address = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        except ssl.SSLError:
            plain.close()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("example.com", 80)])
def test_no_test_leaves_the_machine(address: tuple[str, int]) -> None:
    with pytest.raises(LeavesMachineError, match=address[0]):
        socket.create_connection(address, timeout=1)


def test_no_datagram_leaves_the_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(LeavesMachineError):
        sender.sendto(b"x", ("192.0.2.1", 9))
