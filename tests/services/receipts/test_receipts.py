"""Receipts (E1): one for each payment, signed, checked by who holds it, and opened by nobody else."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from schemas.api.orders import RefundBody
from schemas.enums import Role
from services.masks import masked_name
from services.papers.papers import Papers
from services.papers.seals import PaperSeal
from services.receipts.receipt_papers import ReceiptPapers
from services.receipts.receipts import Receipts
from services.record import HeadSigner
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.refusals import refused
from tests.services.orders_world import World, intent, open_world

KEY = Ed25519PrivateKey.generate()
KEY_PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as world:
        yield world


@pytest.fixture
def seal() -> PaperSeal:
    return PaperSeal.of_record_key(KEY_PEM)


@pytest.fixture
def receipts(world: World, seal: PaperSeal) -> Receipts:
    papers = ReceiptPapers(Papers(), seal)
    return Receipts(world.database, HeadSigner(KEY_PEM), papers, "北京某某律师事务所", "https://space.example.cn")


async def test_a_payment_has_one_receipt_whoever_asks_first(world: World, receipts: Receipts) -> None:
    client = await world.client("李女士")
    order = await world.paid(client)
    payment = await world.payment(order.id)
    views = await asyncio.gather(*(receipts.of_payment(client, payment["_id"]) for _ in range(5)))
    assert all(view == views[0] for view in views)
    view = views[0]
    assert (view.payer, view.payee, view.amount_fen) == ("李**", "北京某某律师事务所", payment["amount_fen"])
    assert view.order_number == order.number
    assert order.product.name in view.item
    assert view.transaction_id == payment["transaction_id"]
    assert (await receipts.of_order(client, order.id)).items == [view]
    assert (await receipts.of_order(await world.client(), order.id)).items == []


async def test_its_figures_are_signed(world: World, receipts: Receipts) -> None:
    client = await world.client()
    order = await world.paid(client)
    payment = await world.payment(order.id)
    view = await receipts.of_payment(client, payment["_id"])
    public = Ed25519PublicKey.from_public_bytes(KEY.public_key().public_bytes_raw())
    public.verify(bytes.fromhex(view.signature), view.statement.encode())
    said = json.loads(view.statement)
    assert (said["amount_fen"], said["number"], said["purpose"]) == (
        payment["amount_fen"],
        view.number,
        "casespace.receipt.v1",
    )
    with pytest.raises(InvalidSignature):
        public.verify(bytes.fromhex(view.signature), view.statement.replace(str(said["amount_fen"]), "1").encode())


async def test_only_the_payer_and_the_desk_see_it_and_only_when_paid(world: World, receipts: Receipts) -> None:
    client, stranger = await world.client(), await world.client()
    support = await world.person(Role.SUPPORT)
    lawyer = await world.person(Role.LAWYER)
    order = await world.paid(client)
    payment = await world.payment(order.id)
    assert await refused(receipts.of_payment(stranger, payment["_id"])) == "payment.unknown"
    assert await refused(receipts.of_payment(lawyer, payment["_id"])) == "payment.unknown"
    assert (await receipts.of_payment(support, payment["_id"])).amount_fen == payment["amount_fen"]
    waiting = await world.place(client)
    await world.start(client, waiting.id)
    unpaid = await world.payment(waiting.id)
    assert await refused(receipts.of_payment(client, unpaid["_id"])) == "receipt.not_yet"


async def test_whoever_holds_it_may_check_it_and_sees_what_went_back(world: World, receipts: Receipts) -> None:
    client = await world.client()
    order = await world.paid(client)
    payment = await world.payment(order.id)
    view = await receipts.of_payment(client, payment["_id"])
    code = view.verify_url.rpartition("=")[2]
    checked = await receipts.check(view.number, code.lower())
    assert (checked.amount_fen, checked.refunded_fen) == (payment["amount_fen"], 0)
    assert client.user_id not in checked.model_dump_json()
    body = RefundBody(amount_fen=100, reason="部分退款")
    await world.refunds.request(client, order.id, body, intent(client, "refund", body))
    await world.work()
    await world.settle_refunds()
    assert (await receipts.check(view.number, code)).refunded_fen == 100
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    assert await refused(receipts.check(view.number, wrong)) == "receipt.not_found"
    assert await refused(receipts.check("RC261122" + "0" * 12, code)) == "receipt.not_found"


async def test_the_paper_is_sealed_and_any_change_breaks_the_seal(
    world: World, receipts: Receipts, seal: PaperSeal
) -> None:
    client = await world.client()
    order = await world.paid(client)
    payment = await world.payment(order.id)
    number, paper = await receipts.pdf(client, payment["_id"])
    assert number.startswith("RC")
    assert (await _intact(paper, seal)) == (True, True)
    at = paper.index(b"/MediaBox")
    changed = paper[: at + 2] + b"X" + paper[at + 3 :]
    assert (await _intact(changed, seal))[0] is False


async def _intact(paper: bytes, seal: PaperSeal) -> tuple[bool, bool]:
    """Whether the signature holds, and whether it is the house's certificate."""
    *_, certificate = pem.unarmor(seal.certificate_pem)
    root = asn1_x509.Certificate.load(certificate)
    (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    status = await async_validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
    return status.intact and status.valid, status.trusted


def test_the_certificate_of_the_records_key_is_the_same_at_every_start() -> None:
    assert PaperSeal.of_record_key(KEY_PEM).certificate_pem == PaperSeal.of_record_key(KEY_PEM).certificate_pem


@pytest.mark.parametrize(("name", "shown"), [("王小明", "王**"), ("李", "李*"), ("", "*"), ("欧阳" * 20, "欧******")])
def test_names_are_masked(name: str, shown: str) -> None:
    assert masked_name(name) == shown


async def test_what_brought_no_money_has_no_receipt(world: World, receipts: Receipts) -> None:
    client = await world.client()
    coupon = await world.shop.coupon(client, 900_00)
    order = await world.place(client, coupon_ids=[coupon.id])
    await world.work()
    payment = await world.payment(order.id)
    assert (payment["state"], payment["amount_fen"]) == ("succeeded", 0)
    assert (await receipts.of_order(client, order.id)).items == []
    assert await refused(receipts.of_payment(client, payment["_id"])) == "receipt.not_yet"
