"""Time stamps on checkpoints (A6), from a real authority: OpenSSL behind HTTP."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from miniprogram_api.http import HttpClient
from server.wiring import House
from services.ids import new_id
from services.record import verifier
from services.record.anchors import Anchors, Stamp, StampError
from services.record.authority import HttpAuthority
from services.record.merkle import leaf_hash, tree
from tests.house import client, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.services.record.authority import Authority, Served, openssl, serve


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(Authority(tmp_path_factory.mktemp("tsa"))) as served:
        yield served


@pytest.fixture
def healthy(tsa: Served) -> Iterator[Served]:
    tsa.broken = None
    tsa.asked.clear()
    yield tsa
    tsa.broken = None


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


def remote(tsa: Served, certificates: Path | None = None) -> HttpAuthority:
    return HttpAuthority(tsa.url, (certificates or tsa.authority.root).read_bytes(), HttpClient())


# --- trees


@pytest.mark.parametrize("size", [*range(1, 18), 31, 32, 33, 100])
def test_every_leaf_is_proven_by_the_verifier(size: int) -> None:
    leaves = [n.to_bytes(32, "big") for n in range(size)]
    root, paths = tree(leaves)
    for index, leaf in enumerate(leaves):
        assert verifier.merkle_root(leaf, index, size, paths[index]) == root
        assert len(paths[index]) <= (size - 1).bit_length()
        for wrong in (index - 1, index + 1, size):
            assert verifier.merkle_root(leaf, wrong, size, paths[index]) != root
        assert verifier.merkle_root(leaf + b"x", index, size, paths[index]) != root
        assert verifier.merkle_root(leaf, index, size, [*paths[index], bytes(32)]) is None


def test_the_tree_is_that_of_rfc_9162() -> None:
    """Section 2.1.1, spelled out for three leaves: the odd one moves up as it is."""
    import hashlib

    a, b, c = (leaf_hash(x) for x in (b"a", b"b", b"c"))
    left = hashlib.sha256(b"\x01" + a + b).digest()
    assert tree([b"a", b"b", b"c"])[0] == hashlib.sha256(b"\x01" + left + c).digest()
    with pytest.raises(ValueError, match="leaf"):
        tree([])


# --- the authority


async def test_a_real_stamp_is_taken_by_us_by_openssl_and_by_the_verifier(healthy: Served, tmp_path: Path) -> None:
    stamp = await remote(healthy).stamp(b"datum")
    (tmp_path / "datum").write_bytes(b"datum")
    (tmp_path / "stamp.tsr").write_bytes(stamp.response)
    assert b"sha256" in openssl("ts", "-query", "-in", "/dev/stdin", "-text", data=healthy.asked[0])
    said = openssl(
        "ts",
        "-verify",
        "-data",
        str(tmp_path / "datum"),
        "-in",
        str(tmp_path / "stamp.tsr"),
        "-CAfile",
        str(healthy.authority.root),
    )
    assert b"OK" in said
    read = verifier.read_time_stamp(stamp.response, b"datum")
    verifier.check_authority(read, verifier.read_certificates(healthy.authority.root.read_bytes(), "root"))
    assert read.at == stamp.at


async def test_stamps_that_do_not_hold_are_refused(healthy: Served, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    with pytest.raises(StampError, match="does not hold"):
        await remote(healthy, other.root).stamp(b"datum")
    healthy.broken = (200, healthy.authority.of(b"something else"))
    with pytest.raises(StampError, match="does not hold"):
        await remote(healthy).stamp(b"datum")
    healthy.broken = (200, b"\x30\x03\x02\x01")
    with pytest.raises(StampError, match="does not hold"):
        await remote(healthy).stamp(b"datum")
    healthy.broken = (503, b"")
    with pytest.raises(StampError, match="did not answer"):
        await remote(healthy).stamp(b"datum")


async def test_a_replayed_stamp_is_refused(healthy: Served) -> None:
    """The nonce: yesterday's answer is no answer to today's question."""
    healthy.broken = (200, healthy.authority.of(b"datum"))
    with pytest.raises(StampError, match="another request"):
        await remote(healthy).stamp(b"datum")


# --- anchoring


async def checkpointed(house: House) -> str:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    await house.record.checkpoints.make(space_id)
    return space_id


async def test_one_stamp_covers_the_checkpoints_of_all_spaces(house: House, healthy: Served) -> None:
    await house.database.checkpoints.delete_many({})
    spaces = [await checkpointed(house) for _ in range(5)]
    anchors = Anchors(house.database, remote(healthy))
    await anchors.tick()
    await anchors.tick()
    assert len(healthy.asked) == 1
    for space_id in spaces:
        checkpoint = await house.record.checkpoints.last(space_id)
        assert checkpoint is not None
        assert "due" not in checkpoint
        anchor = checkpoint["anchor"]
        stored = await anchors.load(anchor["id"])
        datum = verifier.parse(stored["datum"], "datum")
        root = verifier.merkle_root(checkpoint["digest"], anchor["index"], datum["size"], anchor["path"])
        assert root is not None
        assert root.hex() == datum["root"]
        assert verifier.read_time_stamp(stored["response"], stored["datum"]).at == stored["stamped_at"]
        assert stored["authority"] == "127.0.0.1"


async def test_an_authority_that_fails_holds_nothing_up(house: House, healthy: Served) -> None:
    """What is due stays due, and is stamped when the authority is back."""
    await house.database.checkpoints.delete_many({})
    space_id = await checkpointed(house)
    anchors = Anchors(house.database, remote(healthy))
    healthy.broken = (500, b"")
    await anchors.tick()
    last = await house.record.checkpoints.last(space_id)
    assert last is not None
    await anchors.anchor_now(last)
    last = await house.record.checkpoints.last(space_id)
    assert last is not None
    assert last["due"]
    healthy.broken = None
    await anchors.tick()
    last = await house.record.checkpoints.last(space_id)
    assert last is not None
    assert "anchor" in last


async def test_a_slow_authority_does_not_keep_an_export_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    class Slow:
        name = "slow"

        async def stamp(self, datum: bytes) -> Stamp:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits that long")

    monkeypatch.setattr("services.record.anchors.EXPORT_WAITS", 0.05)
    space_id = await checkpointed(house)
    last = await house.record.checkpoints.last(space_id)
    assert last is not None
    await Anchors(house.database, Slow()).anchor_now(last)
    assert await house.database.checkpoints.count_documents({"_id.space": space_id, "due": True}) == 1


async def test_without_an_authority_checkpoints_wait(house: House, healthy: Served) -> None:
    """Configuring one later stamps what was made before."""
    await house.database.checkpoints.delete_many({})
    space_id = await checkpointed(house)
    await Anchors(house.database, None).tick()
    assert await house.database.checkpoints.count_documents({"_id.space": space_id, "due": True}) == 1
    await Anchors(house.database, remote(healthy)).tick()
    assert await house.database.checkpoints.count_documents({"_id.space": space_id, "due": True}) == 0
    with pytest.raises(KeyError):
        await Anchors(house.database, None).load(new_id())


# --- the verifier's own reading of stamps, against what OpenSSL can make


@pytest.mark.parametrize(
    "made",
    [
        {"key": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")},
        {"key": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "digest": "sha512", "intermediate": False},
        {"key": ("EC", "-pkeyopt", "ec_paramgen_curve:P-384"), "digest": "sha384"},
        {"ess": "sha1"},
        {"ess": "sha512", "digest": "sha512"},
    ],
    ids=["rsa", "rsa512", "p384", "ess1", "ess512"],
)
def test_the_verifier_reads_every_kind_of_stamp(made: dict[str, Any], tmp_path: Path) -> None:
    authority = Authority(tmp_path, **made)
    stamp = verifier.read_time_stamp(authority.of(b"datum"), b"datum")
    verifier.check_authority(stamp, verifier.read_certificates(authority.root.read_bytes(), "root"))
    with pytest.raises(verifier.ContradictionError, match="something else"):
        verifier.read_time_stamp(authority.of(b"datum"), b"Datum")


def test_the_verifier_trusts_no_other_authority_and_no_other_purpose(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    stamp = verifier.read_time_stamp(authority.of(b"datum"), b"datum")
    with pytest.raises(verifier.ContradictionError, match="does not lead"):
        verifier.check_authority(stamp, verifier.read_certificates(other.root.read_bytes(), "root"))
    signer = (authority.folder / "signer.crt").read_bytes()
    verifier.check_authority(stamp, verifier.read_certificates(signer, "the signer itself"))


def test_no_byte_of_a_stamp_can_change_what_it_says(tmp_path: Path) -> None:
    """Any single flipped byte either breaks the stamp or leaves its time and its signer what they were."""
    authority = Authority(tmp_path, intermediate=False)
    response = authority.of(b"datum")
    trusted = verifier.read_certificates(authority.root.read_bytes(), "root")
    genuine = verifier.read_time_stamp(response, b"datum")
    broken = 0
    for index in range(len(response)):
        damaged = response[:index] + bytes([response[index] ^ 0x41]) + response[index + 1 :]
        try:
            stamp = verifier.read_time_stamp(damaged, b"datum")
            verifier.check_authority(stamp, trusted)
        except (verifier.ContradictionError, verifier.UnsupportedError):
            broken += 1
        else:
            assert (stamp.at, stamp.signer) == (genuine.at, genuine.signer)
    assert broken > len(response) * 0.9
