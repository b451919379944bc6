"""银行回单、转账凭证."""

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import values
from ocr.kinds.columns import under
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_OTHER = r"(?!\s?(?:账号|帐号|开户|账户|行|户名|全称|名称))"
_BOTH_NAMES = r"(?<!款人)(?<!款方)(?<!款)(?:户\s?名|全\s?称)[:\s]+([\u4e00-\u9fffA-Za-z0-9()·]{2,40})"
_BOTH_ACCOUNTS = r"(?<!款人)(?<!款方)(?<!款)(?:账\s?号|帐\s?号|卡\s?号)[:\s]+(\d[\d ]{8,30}\d)"
_PAYER = (r"付款(?:人|方|单位|账户)?(?:户名|名称|全称)", "汇款人(?!账)", "转出户名", "付款单位", r"付款[人方]" + _OTHER)
_PAYEE = (r"收款(?:人|方|单位|账户)?(?:户名|名称|全称)", "对方户名", "转入户名", "收款单位", r"收款[人方]" + _OTHER)
_PAID_ON = r"(?:交易|付款|转账|记账|入账|汇款|支付|到账)(?:日期|时间)"
_ACCOUNT = r"\d{10,30}"
_STOPS = (
    r"付款人?方?(?:户名|名称|全称|账号|帐号|开户行|账户)", r"收款人?方?(?:户名|名称|全称|账号|帐号|开户行|账户)",
    r"收款[人方]", r"付款[人方]", "金额",
    "交易日期", "摘要", "用途", "回单编号",
)  # fmt: skip


def fields(paper: Paper) -> dict[str, Field]:
    digits = paper.search(r"[¥Y]\s?(\d[\d,,]*\.\d{2})", 1) or paper.search(r"金额[^\d\n]{0,12}(\d[\d,,]*\.\d{2})", 1)
    names, accounts = _of_both(paper, _BOTH_NAMES), _of_both(paper, _BOTH_ACCOUNTS)
    return values.kept(
        bank=values.text(paper.search(r"[\u4e00-\u9fff]{2,12}?银行")),
        serial_number=values.text(
            paper.search(
                r"(?:回单编号|回单号码?|流水号码?|交易流水|交易单号|业务编号|凭证号码?|凭证编号)[:\s]*([0-9A-Z]{6,32})",
                1,
            )
        ),
        paid_on=values.date_after(paper, _PAID_ON, r"日期") or values.date(under(paper, _PAID_ON, values.DATE)),
        payer=values.text(names.get("付款") or _name(paper, "付款", _PAYER)),
        payer_account=_account(paper, "付款") or values.text(accounts.get("付款"), _ACCOUNT),
        payee=values.text(names.get("收款") or _name(paper, "收款", _PAYEE)),
        payee_account=_account(paper, "收款") or values.text(accounts.get("收款"), _ACCOUNT),
        amount_fen=values.amount(paper, digits, paper.search(CAPITAL_AMOUNT.pattern)),
        purpose=values.text(paper.labelled(["用途", "摘要", "附言"], _STOPS)),
    )


def _account(paper: Paper, side: str) -> Field | None:
    """Digits in a slot for digits: whatever the length, banks differ."""
    label = rf"{side}[人方]?(?:账号|帐号|账户|卡号)"
    seen = paper.search(label + r"[: ]*(\d[\d ]{8,30}\d)", 1) or under(paper, label, rf"^{_ACCOUNT}$")
    return values.text(seen, _ACCOUNT)


def _name(paper: Paper, side: str, labels: tuple[str, ...]) -> Seen | None:
    """Beside the label; else below it, where labels head the columns of a table."""
    beside = paper.labelled(labels, _STOPS, rows=2, accept=r"[\u4e00-\u9fff]")
    return beside or under(paper, rf"{side}[人方]?(?:户名|名称|全称|姓名)", r"^[\u4e00-\u9fffA-Za-z()·]{2,40}$")


def _of_both(paper: Paper, label: str) -> dict[str, Seen]:
    """Where a table says 付款人 and 收款人 once, set downwards or apart, and a label stands in the part of each: what
    is beside the two labels, in the order in which the two sides stand.
    """
    found = paper.all(label, 1)
    sides = sorted(("付款", "收款"), key=paper.flow.find)
    if len(found) != len(sides) or any(side not in paper.flow for side in sides):
        return {}
    return dict(zip(sides, found, strict=True))


KIND = Kind(
    "bank_receipt",
    {
        "回单": 3,
        "付款人": 2,
        "收款人": 2,
        "付款账号": 2,
        "收款账号": 2,
        "交易日期": 1,
        "转账": 1,
        "付款人账号": 1,
        "银行": 1,
        "用途": 1,
    },
    fields,
    heading=r".{0,16}(?:回单|转账凭证|付款通知|业务凭证)(?:\(.{1,8}\))?",
)
