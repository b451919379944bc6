"""Filling an office from the operator's shell (C1): the catalogue and staff accounts."""

import argparse
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from schemas.enums import Role
from server import office, staff_commands
from server.__main__ import JOBS, parser
from server.wiring import House
from services.identity.origins import Origin
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.refusals import refused


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def test_the_example_catalogue_can_be_changed_and_stored(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.products(house, argparse.Namespace(file=None))
    catalogue = orjson.loads(capsys.readouterr().out)
    catalogue[0]["price_fen"] = 9900
    file = tmp_path / "catalogue.json"
    file.write_bytes(orjson.dumps(catalogue[:2]))
    await office.products(house, argparse.Namespace(file=file))
    offered = (await house.services.products.list()).items
    assert (offered[0].name, offered[0].price_fen) == (catalogue[0]["name"], 9900)
    assert len(offered) == 2
    await office.products(house, argparse.Namespace(file=file))  # the same products, not two more
    assert len((await house.services.products.list()).items) == 2


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'[{"code": "x"}]', b'[{"code": 1, "name": "a", "kind": "b", "price_fen": "free"}]']
)
async def test_a_faulty_catalogue_is_refused_whole(house: House, tmp_path: Path, content: bytes) -> None:
    before = await house.database.products.count_documents({})
    file = tmp_path / "faulty.json"
    file.write_bytes(content)
    with pytest.raises(office.OfficeError, match=r"faulty\.json"):
        await office.products(house, argparse.Namespace(file=file))
    assert await house.database.products.count_documents({}) == before


async def test_a_staff_account_is_handed_out_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """B4: with a second factor, always."""
    wanted = argparse.Namespace(login="support.new", name="客服小新", roles=["support"], on_duty=True)
    await staff_commands.create(house, wanted)
    assert "otpauth://totp/" in capsys.readouterr().out
    with pytest.raises(office.OfficeError, match=r"account\.login_taken"):
        await staff_commands.create(house, wanted)
    wanted.roles = ["judge"]
    with pytest.raises(office.OfficeError, match="choose from"):
        await staff_commands.create(house, wanted)


async def test_the_demo_office_is_for_development_with_the_sandbox(
    make_settings: SettingsMaker, tmp_path: Path
) -> None:
    async with open_house(make_settings(sandbox_url=None)) as house:
        with pytest.raises(office.OfficeError, match="development"):
            await office.seed(house, argparse.Namespace(demo=tmp_path))


async def test_an_operator_vouches_for_a_lawyer(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """B2: for lawyers whose licence was seen elsewhere; what cannot be a licence is refused."""

    async def verify(login: str, licence: str) -> None:
        words = ["verify-lawyer", login, "--name", "钱多", "--firm", "明理律师事务所", "--licence", licence]
        await office.verify_lawyer(house, parser().parse_args(words))

    made = await house.staff.create("lawyer.qian", "钱律师", [Role.LAWYER])
    with pytest.raises(office.OfficeError, match="licence_number"):
        await verify("lawyer.qian", "13101")
    with pytest.raises(office.OfficeError, match="no lawyer"):
        await verify("nobody", "13101201910000077")
    await verify("lawyer.qian", "13101201910000077")
    assert (await house.services.accounts.lawyer(made.user_id)).verified
    assert "verified" in capsys.readouterr().out


async def test_who_leaves_is_signed_out_and_can_come_back(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """B4: from the operator's shell; nobody at the desk stops a colleague."""
    made = await house.staff.create("lawyer.sun", "孙律师", [Role.LAWYER], second_factor=False)

    async def run(*words: str) -> str:
        arguments = parser().parse_args(words)
        await JOBS[arguments.command](house, arguments)
        return capsys.readouterr().out

    async def token(password: str) -> str:
        origin = Origin("127.0.0.1 phone", "127.0.0.1")
        return (await house.services.sign_in.by_staff(made.login, password, None, origin)).access_token

    held = await token(made.password)
    await run("staff-disable", made.login, "--reason", "left")
    assert await refused(house.services.sessions.authenticate(held)) == "auth.account_disabled"
    assert await refused(token(made.password)) == "auth.account_disabled"
    await run("staff-enable", made.login)
    shown = await run("staff-reset", made.login)
    assert await refused(token(made.password)) == "auth.credentials_invalid"
    (password,) = [line.split()[1] for line in shown.splitlines() if line.startswith("password")]
    assert await token(password)
    for words in (
        ("staff-disable", "nobody", "--reason", "left"),
        ("staff-enable", "nobody"),
        ("staff-reset", "nobody"),
    ):
        with pytest.raises(office.OfficeError, match=r"nobody|account\.not_found"):
            await run(*words)
