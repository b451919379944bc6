"""Receipts of banks."""

from typing import Any

from ocr_evaluation.facts import capitals, money
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.court import foot, mixed
from ocr_evaluation.lines.facts import LineFacts
from ocr_evaluation.lines.sections import sections

_SERIAL = (
    "回单编号|回单号|回单号码|交易流水号|流水号|业务流水号|交易流水|电子回单号|凭证号|凭证号码|凭证编号|业务编号|"
    "交易序号|"
    "交易编号|交易单号|电子回单号码|业务参考号|转账单号|交易参考号|订单号|平台流水号|交易流水编号|渠道流水号"
)
_PAID_ON = (
    "交易日期|交易时间|记账日期|入账日期|转账时间|付款日期|付款时间|汇款日期|支付时间|日期|时间|入账时间|业务日期|"
    "处理时间|"
    "到账时间|会计日期|转账日期|交易日|完成时间|汇款时间|记账时间"
)
_PAYER = (
    "付款人|付款人户名|付款人名称|付款人全称|付款方|付款方户名|付款户名|付款单位|汇款人|汇款人户名|转出户名|付方户名|"
    "付方名称|"
    "付款人姓名|汇出户名|转出方|付款账户名称|付款账户名|扣款户名|本方户名|我方户名|付款方名称|付款单位名称|"
    "汇款人名称|汇款人姓名"
)
_PAYER_ACCOUNT = (
    "付款人账号|付款账号|付款卡号|转出账号|付方账号|付款账户|付款方账号|转出卡号|扣款账号|本方账号|付款人账号/卡号|"
    "汇出账号|"
    "汇款人账号|付款人卡号|付款帐号|付款单位账号"
)
_PAYEE = (
    "收款人|收款人户名|收款人名称|收款人全称|收款方|收款方户名|收款户名|收款单位|对方户名|转入户名|收方户名|收方名称|"
    "收款人姓名|"
    "汇入户名|对方名称|对方账户名称|收款账户名称|收款账户名|收款方名称|收款单位名称|入账户名"
)
_PAYEE_ACCOUNT = (
    "收款人账号|收款账号|收款卡号|转入账号|收方账号|收款账户|收款方账号|转入卡号|对方账号|收款人账号/卡号|汇入账号|"
    "收款人卡号|"
    "收款帐号|收款单位账号|入账账号|对方卡号"
)
_SUM = (
    "金额|交易金额|转账金额|付款金额|汇款金额|小写金额|金额（小写）|支付金额|发生额|人民币金额|交易额|小写|"
    "金额(小写)|转账金额（元）|金额（元）"
)
_SUM_IN_CAPITALS = "大写金额|金额（大写）|金额大写|人民币（大写）|大写|合计金额（大写）|转账金额（大写）|大写（人民币）"
_RECEIPTS = (
    "电子回单|网上银行电子回单|业务回单|转账凭证|转账汇款回单|客户回单|收付款回单|付款回单|交易凭证|汇款凭证|"
    "转账电子回单|"
    "个人转账凭证|网银转账凭证|付款通知书|国内支付业务付款回单|客户专用回单|电子银行业务回单|转账回执|结算业务凭证|"
    "境内汇款回单"
)
_NAMES, _ACCOUNTS = "户名|全称|名称|姓名|账户名称|账户名", "账号|账 号|卡号|账户|帐号|账号/卡号"
_BANKS = "开户行|开户银行|汇入行|银行|开户行名称|开户网点"


def bank_receipt(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    bank, payer, payee, day = facts.bank(), facts.party()[0], facts.party()[0], facts.day(2014, 2026)
    fen = facts.number(1000, 90_000_000)
    fields: dict[str, Any] = {
        "bank": bank,
        "serial_number": facts.digits(facts.rng.choice((10, 12, 16, 20, 24))),
        "paid_on": day.isoformat(),
        "payer": payer,
        "payer_account": facts.account(),
        "payee": payee,
        "payee_account": facts.card_number(),
        "amount_fen": fen,
    }
    _receipt_head(facts, page, bank)
    clock = facts.pick(f"| {facts.number(10, 22)}:{facts.number(10, 59)}:{facts.number(10, 59)}")
    top = [(facts.pick(_SERIAL), fields["serial_number"]), (facts.pick(_PAID_ON), facts.day_written(day) + clock)]
    sums = [
        (facts.pick(_SUM), facts.sum_written(fen) if facts.chance(0.4) else facts.pick("¥|￥||RMB |CNY") + money(fen))
    ]
    sums += [(facts.pick(_SUM_IN_CAPITALS), facts.pick("人民币|") + capitals(fen))] if facts.chance(0.6) else []
    noise = [
        ("币种", "人民币"),
        (facts.pick("手续费|手续费金额"), f"{facts.number(1, 50)}.00"),
        (facts.pick("用途|摘要|附言"), facts.pick("货款|还款|租金|往来款")),
        (facts.pick("交易渠道|渠道"), facts.pick("手机银行|网上银行|柜面")),
        (facts.pick("交易状态|状态"), "交易成功"),
        ("验证码", facts.digits(8)),
        (facts.pick("业务类型|交易类型|业务种类"), facts.pick("跨行转账|行内转账")),
        (facts.pick("交易机构|记账网点"), f"{facts.pick('城东|城西')}支行"),
    ]
    if facts.chance(0.45):
        if facts.chance(0.6):
            page.form(top, facts.pick("colon|grid|gap|cells|heads"))
            _in_sections(facts, page, fields)
            page.form(mixed(facts, sums, noise))
        else:
            _in_sections(facts, page, fields)
            page.form(mixed(facts, [*sums, *top], noise))
    else:
        rows = [
            (facts.pick(_PAYER), payer),
            (facts.pick(_PAYER_ACCOUNT), fields["payer_account"]),
            (facts.pick("付款人开户行|付款银行|付款方开户行"), bank),
            (facts.pick(_PAYEE), payee),
            (facts.pick(_PAYEE_ACCOUNT), fields["payee_account"]),
            (facts.pick("收款人开户行|收款银行|收款方开户行|对方开户行"), facts.bank()),
        ]
        if facts.chance(0.3):
            rows = [row for row in rows if "行" not in row[0] or "银行卡" in row[0]]
        if facts.chance(0.2):
            rows = [*rows[3:], *rows[:3]] if len(rows) == 6 else [*rows[2:], *rows[:2]]
        page.form(mixed(facts, [*top, *rows, *sums] if facts.chance(0.5) else [*rows, *sums, *top], noise))
    if facts.chance(0.4):
        page.put(
            page.left,
            page.y,
            facts.pick("重要提示：本回单不作为收款方发货依据。|打印次数：1次|本回单可重复打印，请勿重复记账"),
        )
        page.step()
    foot(facts, page)
    return fields


def _receipt_head(facts: LineFacts, page: Canvas, bank: str) -> None:
    title = facts.pick(_RECEIPTS)
    way = facts.number(0, 2)
    if way == 0:
        page.heading(bank + title)
    elif way == 1:
        page.heading(bank, 1.3)
        page.heading(title)
    else:
        page.put(page.left, page.y, bank, 1.3 * page.size)
        page.heading(title, 1.3)


def _in_sections(facts: LineFacts, page: Canvas, fields: dict[str, Any]) -> None:
    """A part for each side with the same labels in both: beside each other or one below the other."""
    name, account, bank = facts.pick(_NAMES), facts.pick(_ACCOUNTS), facts.pick(_BANKS)
    sides = facts.rng.choice(
        (
            ("付款方", "收款方"),
            ("付款人", "收款人"),
            ("付方", "收方"),
            ("付款人信息", "收款人信息"),
            ("汇款人", "收款人"),
        )
    )
    sides = facts.rng.choice((sides, sides, ("付款方信息", "收款方信息")))
    blocks = [
        [(name, fields[who]), (account, fields[f"{who}_account"]), (bank, facts.bank() + "城东支行")][
            : facts.number(2, 3)
        ]
        for who in ("payer", "payee")
    ]
    if facts.chance(0.3):
        sides, blocks = sides[::-1], blocks[::-1]
    sections(facts, page, sides, blocks)
