"""银行回单、转账凭证."""

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import shapes, sides, values
from ocr.kinds.form import Accept, Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_PART = "(?:人|方|单位|账户|客户)?(?:信息|资料|基本信息)?"
_HEADS = {
    "payer": f"(?:付款|付|汇款|转出|汇出|本|出票|借|缴款){_PART}",
    "payee": f"(?:收款|收|转入|汇入|对|贷|持票){_PART}",
}
_CLEAR = 1  # what a label that names the side in full costs at most
_ACCOUNT = r"\d{10,30}"
_WHOLE_ACCOUNT = rf"^{_ACCOUNT}$"
_SERIAL = r"^[0-9A-Za-z-]{6,40}$"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "bank_receipt")
    return values.kept(
        bank=values.text(paper.search(r"[\u4e00-\u9fff]{2,12}?银行")),
        serial_number=values.text(form.best("serial_number", _SERIAL, rows=2)) or values.guess(form.lone(r"\d{12,32}")),
        paid_on=values.date(form.best("paid_on", shapes.DATE))
        or values.guessed_date(form.lone(rf"{shapes.DATE}.{{0,10}}")),
        **{side: values.text(seen) for side, seen in _names(paper, form).items()},
        **{f"{side}_account": values.text(seen, _ACCOUNT) for side, seen in _accounts(paper, form).items()},
        amount_fen=values.amount(paper, _digits(paper, form), _capitals(paper, form)),
        purpose=values.text(form.best("purpose", r"[\u4e00-\u9fff]")),
    )


def _names(paper: Paper, form: Form) -> dict[str, Seen]:
    own, shared = (
        _own(form, ("payer", "payee"), shapes.is_party),
        _of_both(paper, form, "name_of_side", shapes.is_party),
    )
    return _out_of_accounts(form) | own | shared | _own(form, ("payer", "payee"), shapes.is_party, _CLEAR)


def _out_of_accounts(form: Form) -> dict[str, Seen]:
    """Names that stand before the number in one slot: 转出账户 张三 6225…"""
    found = {
        side: form.best(f"{side}_account", rf"^[\u4e00-\u9fff()]{{2,40}}{_ACCOUNT}$") for side in ("payer", "payee")
    }
    parts = {side: shapes.part_of(seen, r"^([^\d]+)") for side, seen in found.items()}
    return {side: seen for side, seen in parts.items() if seen is not None}


def _accounts(paper: Paper, form: Form) -> dict[str, Seen]:
    """Digits in a slot for digits: whatever the length, banks differ."""
    own = _own(form, ("payer_account", "payee_account"), _WHOLE_ACCOUNT)
    shared = _of_both(paper, form, "account_of_side", _WHOLE_ACCOUNT)
    return shared | {name.removesuffix("_account"): seen for name, seen in own.items()}


def _own(form: Form, fields: tuple[str, str], accept: str | Accept, most: int = 99) -> dict[str, Seen]:
    """Beside or below a label that names the side itself."""
    found = {field: form.best(field, accept, 2, most) for field in fields}
    return {field: seen for field, seen in found.items() if seen is not None}


def _of_both(paper: Paper, form: Form, field: str, accept: str | Accept) -> dict[str, Seen]:
    """Where a table names each side once, and the same label stands in the part of each."""
    found = sides.by_side(sides.labelled(form, field, accept, rows=2), paper, _HEADS)
    return {side: seen for side, (_, seen) in found.items()}


def _digits(paper: Paper, form: Form) -> Seen | None:
    return shapes.sum_in(form.best("amount_fen", shapes.is_amount)) or paper.search(r"[¥Y]\s?(\d[\d,,]*\.\d{2})", 1)


def _capitals(paper: Paper, form: Form) -> Seen | None:
    return form.best("capitals", CAPITAL_AMOUNT.pattern, rows=2) or paper.search(CAPITAL_AMOUNT.pattern)


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
        "交易流水": 2,
        "对方户名": 2,
        "户名": 1,
        "汇款": 1,
        "付款方": 2,
        "收款方": 2,
        "转账单号": 2,
        "转账金额": 1,
    },
    fields,
    heading=r".{0,24}(?:回单|(?:转账|支付|付款)?(?:电子)?凭证|付款通知书?|业务凭证|汇款凭证|交易凭证|转账回执|回执|交易明细)(?:\(.{1,8}\))?",
)
