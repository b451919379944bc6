"""Privacy policy and user agreement (K2; PIPL 13, 14, 15, 17): versions, consent with its words, taking it back."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import aiohttp
import pytest

from schemas.api.base import PageQuery
from schemas.api.terms import AgreeBody
from schemas.enums import TermsKind
from server.settings import Settings
from server.wiring import House, build
from services.errors import Problem
from services.terms.term_texts import BUNDLED, TermsTextError, read_terms, terms_text
from tests.house import Person, client, lawyer, open_doors, open_house, signed_in
from tests.parts.databases import SettingsMaker

OWN = "# 隐私政策\n生效日期：2027-01-01\n\n## 一、我们是谁\n某某律师事务所。\n"
POLICY = TermsKind.PRIVACY_POLICY


@pytest.fixture(scope="module")
def settings(make_settings: SettingsMaker) -> Settings:
    return make_settings(terms_demanded=True, operator_name="明理科技有限公司", operator_contact="400-000-0000")


@pytest.fixture(scope="module")
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as opened:
        yield opened


def versions(house: House) -> dict[TermsKind, str]:
    return {one.kind: one.version for one in house.services.terms.texts().items}


async def status(url: str, path: str, person: Person, method: str = "GET") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"{url}/api/v1{path}", headers=headers) as answer,
    ):
        body = await answer.json(content_type=None) if answer.status != 204 else {}
        return answer.status, body.get("code", "")


async def test_until_a_client_agrees_the_doors_that_collect_are_shut(house: House, url: str) -> None:
    """Own data, the terms and the way out stay open; staff work under their own contracts."""
    person, member = await client(house), await lawyer(house)
    assert await status(url, "/orders", person) == (403, "terms.not_agreed")
    assert await status(url, "/spaces", person) == (403, "terms.not_agreed")
    for path in ("/me", "/me/terms", "/me/consents"):
        assert (await status(url, path, person))[0] == 200
    assert (await status(url, "/orders", member))[0] == 200
    mine = await house.services.terms.mine(person.actor)
    assert (mine.agreed, mine.demanded, [one.agreed_at for one in mine.items]) == (False, True, [None, None])
    agreed = await house.services.terms.agree(person.actor, AgreeBody(versions=versions(house)))
    assert agreed.agreed
    assert all(one.agreed_at for one in agreed.items)
    assert (await status(url, "/orders", person))[0] == 200
    assert (await status(url, "/spaces", person))[0] == 200


async def test_only_the_words_of_now_can_be_agreed_to(house: House) -> None:
    person = await client(house)
    for wrong in ({POLICY: versions(house)[POLICY]}, versions(house) | {POLICY: "2020-01-01.00000000"}):
        with pytest.raises(Problem, match=r"terms\.outdated"):
            await house.services.terms.agree(person.actor, AgreeBody(versions=wrong))
    assert not (await house.services.terms.mine(person.actor)).agreed


async def test_a_consent_is_kept_once_with_its_words_and_its_time(house: House) -> None:
    person = await client(house)
    for _ in range(2):
        await house.services.terms.agree(person.actor, AgreeBody(versions=versions(house)))
    given = (await house.services.verifications.my_consents(person.actor, PageQuery())).items
    assert sorted(one.purpose for one in given) == ["terms.privacy_policy", "terms.user_agreement"]
    policy = next(one for one in given if one.purpose == "terms.privacy_policy")
    words = "".join(policy.paragraphs)
    assert "明理科技有限公司" in words  # PIPL 17: who processes, and how to reach them
    assert "400-000-0000" in words
    assert policy.version == versions(house)[POLICY]


async def test_new_words_are_asked_for_again(house: House, settings: Settings, tmp_path: Path) -> None:
    """PIPL 14: consent is asked for anew when what is done changes; the operator's own file counts at once."""
    person = await client(house)
    await house.services.terms.agree(person.actor, AgreeBody(versions=versions(house)))
    file = tmp_path / "policy.md"
    file.write_text(OWN, "utf-8")
    later = build(settings.model_copy(update={"privacy_policy_file": file}))
    try:
        mine = await later.services.terms.mine(person.actor)
        assert {one.kind: one.agreed for one in mine.items} == {TermsKind.USER_AGREEMENT: True, POLICY: False}
        with pytest.raises(Problem, match=r"terms\.not_agreed"):
            await later.services.terms.demand(person.actor)
        await later.services.terms.agree(person.actor, AgreeBody(versions=versions(later)))
        await later.services.terms.demand(person.actor)
    finally:
        await later.close()


async def test_taking_it_back_ends_every_session_and_asks_again(house: House, url: str) -> None:
    """PIPL 15: as easily as it was given; what follows is told before."""
    person = await client(house)
    agreed = await house.services.terms.agree(person.actor, AgreeBody(versions=versions(house)))
    assert any("依法必须保存" in line for line in agreed.withdrawal)
    await house.services.terms.demand(person.actor)
    assert await status(url, "/me/terms", person, "DELETE") == (204, "")
    assert await status(url, "/me", person) == (401, "auth.session_revoked")
    given = (await house.services.verifications.my_consents(person.actor, PageQuery())).items
    assert all(one.withdrawn_at for one in given)
    with pytest.raises(Problem, match=r"terms\.not_agreed"):
        await house.services.terms.demand(person.actor)


async def test_where_nothing_is_demanded_the_wire_is_as_it_was(make_settings: SettingsMaker) -> None:
    """Clients that know nothing of the terms go on; the page asks in any case."""
    async with open_house(make_settings()) as opened:
        person = await client(opened)
        await opened.services.terms.demand(person.actor)
        mine = await opened.services.terms.mine(person.actor)
        assert (mine.agreed, mine.demanded) == (False, False)
        await opened.services.terms.note(person.id, None)
        await opened.services.terms.withdraw(person.actor)
        again = await signed_in(opened, person.id)
        with pytest.raises(Problem, match=r"terms\.not_agreed"):  # who says no is heard everywhere
            await opened.services.terms.demand(again.actor)
        await opened.services.terms.note(person.id, None)
        await opened.services.terms.demand(again.actor)


@pytest.mark.parametrize("kind", TermsKind)
def test_the_texts_of_the_product_are_whole(kind: TermsKind) -> None:
    text = read_terms(kind, None, {"operator": "甲", "contact": "乙"})
    words = "".join(text.agreed.paragraphs)
    assert "{" not in words
    assert "甲" in words
    assert len(text.sections) >= 7


def test_any_changed_word_is_another_version() -> None:
    one = terms_text(POLICY, OWN, {})
    other = terms_text(POLICY, OWN.replace("某某", "某一"), {})
    assert (one.title, one.effective_on) == ("隐私政策", date(2027, 1, 1))
    assert one.agreed.version.startswith("2027-01-01.")
    assert one.agreed.version != other.agreed.version
    assert terms_text(POLICY, OWN, {}).agreed == one.agreed


@pytest.mark.parametrize(
    "source",
    [
        "",
        "隐私政策",
        "# 隐私政策",
        "# 隐私政策\n正文",
        "# 甲\n生效日期：2027-02-30\n正文",
        "# 甲\n生效日期：2027-02-03",
    ],
)
def test_what_nobody_could_agree_to_is_refused_at_start(
    source: str, make_settings: SettingsMaker, tmp_path: Path
) -> None:
    with pytest.raises(TermsTextError):
        terms_text(POLICY, source, {})
    file = tmp_path / "policy.md"
    file.write_text(source, "utf-8")
    with pytest.raises(ValueError, match="privacy_policy_file"):
        make_settings(privacy_policy_file=file)
    assert BUNDLED.joinpath("privacy_policy.md").is_file()
