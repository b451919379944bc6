"""Invoices and bank cards."""

from typing import Any

from ocr_evaluation.facts import Company, capitals, han_day, money
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts
from ocr_evaluation.lines.sections import sections


def vat_invoice(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    buyer, seller, day = facts.company(), facts.company(), facts.day(2016, 2026)
    net = facts.number(3000, 9_000_000)
    tax = round(net * facts.rng.choice((0.01, 0.03, 0.06, 0.09, 0.13)))
    digital, private = facts.chance(0.5), facts.chance(0.15)
    fields: dict[str, Any] = {
        "invoice_number": facts.digits(20 if digital else 8),
        "issued_on": day.isoformat(),
        "buyer": buyer.name,
        "seller": seller.name,
        "buyer_credit_code": buyer.credit_code,
        "seller_credit_code": seller.credit_code,
        "amount_fen": net + tax,
        "tax_fen": tax,
    }
    page.heading(
        facts.pick(
            "电子发票（普通发票）|电子发票（增值税专用发票）|数电票（普通发票）"
            if digital
            else f"{facts.pick('北京|江苏|广东')}增值税普通发票|增值税电子普通发票|"
            f"{facts.pick('浙江|山东')}增值税专用发票|增值税电子专用发票"
        ),
        1.3,
    )
    top = [
        (
            facts.pick("发票号码|发票号码|数电票号码|电子发票号码")
            if digital
            else facts.pick("发票号码|发票号码|号码"),
            fields["invoice_number"],
        )
    ]
    if not digital:
        fields["invoice_code"] = facts.digits(facts.rng.choice((10, 12)))
        top.insert(0, (facts.pick("发票代码|发票代码|代码"), fields["invoice_code"]))
    top.append(
        (
            facts.pick("开票日期|开票日期|开具日期|开票时间"),
            facts.day_written(day) if facts.chance(0.3) else han_day(day),
        )
    )
    top += [("校验码", facts.digits(20)), ("机器编号", facts.digits(12))][: facts.number(0, 2)]
    page.form(top, facts.pick("colon|gap|grid"))
    if private:
        fields["buyer"], fields["buyer_credit_code"] = facts.pick(f"个人|{facts.name()}"), None
    blocks = [
        _invoice_party(facts, who, fields[side], fields[f"{side}_credit_code"])
        for who, side in ((buyer, "buyer"), (seller, "seller"))
    ]
    sides = facts.rng.choice(
        (
            ("购买方", "销售方"),
            ("购买方信息", "销售方信息"),
            ("购方", "销方"),
            ("购货单位", "销货单位"),
            ("买方", "卖方"),
            ("购买方", "销售方"),
        )
    )
    if facts.chance(0.5):
        sections(facts, page, sides, blocks)
        _goods(facts, page, net, tax)
    else:
        named = [
            [
                (label if "税" in label or "代码" in label else side.removesuffix("信息") + label, value)
                for label, value in block
            ]
            for side, block in zip(sides, blocks, strict=True)
        ]
        for side, block in enumerate(named):
            page.form(block, facts.pick("colon|gap"))
            if side == 0:
                _goods(facts, page, net, tax)
    page.put(page.left, page.y, f"收款人：{facts.name()}    复核：{facts.name()}    开票人：{facts.name()}")
    return fields


def _invoice_party(facts: LineFacts, who: Company, name: str, code: str | None) -> list[tuple[str, str]]:
    rows = [(facts.pick("名称|名称|名    称"), name)]
    if code or facts.chance(0.5):
        rows.append(
            (facts.pick("纳税人识别号|统一社会信用代码/纳税人识别号|统一社会信用代码|纳税人识别号|税号"), code or "")
        )
    if facts.chance(0.3):
        rows.append((facts.pick("地址、电话|地址电话"), who.address[:16] + facts.phone()))
        rows.append(("开户行及账号", facts.bank() + facts.account()))
    return rows


def _goods(facts: LineFacts, page: Canvas, net: int, tax: int) -> None:
    has_commas = facts.chance(0.4)

    def plain(fen: int) -> str:
        return money(fen) if has_commas else money(fen).replace(",", "")

    sign, columns = facts.pick("¥|￥|"), [page.left, page.left + 420, page.left + 640, page.left + 820]
    rows = (
        (
            facts.pick("项目名称|货物或应税劳务、服务名称|货物或应税劳务名称"),
            facts.pick("金额|金 额"),
            "税率",
            facts.pick("税额|税 额"),
        ),
        (facts.pick("*信息技术服务*软件服务费|*餐饮服务*餐费|*建筑材料*水泥"), plain(net), "6%", plain(tax)),
        (facts.pick("合计|合    计|合 计"), sign + plain(net), "", sign + plain(tax)),
    )
    for row in rows:
        for x, text in zip(columns, row, strict=True):
            page.put(x, page.y, text)
        page.step(2)
    total = capitals(net + tax).replace("元", facts.pick("元|圆"))
    x = page.put(page.left, page.y, facts.pick("价税合计（大写）|价税合计(大写)|价税合计")) + 40
    x = page.put(x, page.y, total) + 60
    page.put(x, page.y, facts.pick("（小写）|(小写)|小写：") + facts.pick("¥|￥") + plain(net + tax))
    page.step(2.4)


def bank_card(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    number, bank = facts.card_number(), facts.bank()
    until = f"{facts.number(1, 12):02d}/{facts.number(26, 38)}"
    texts = [
        bank,
        facts.pick("借记卡|储蓄卡|信用卡|贷记卡|DEBIT CARD|金卡|一类账户"),
        facts.pick("银联 UnionPay|UnionPay|银联|VISA|ATM 银联"),
    ]
    if facts.chance(0.3):
        texts.append(facts.pick("客服热线 95588|24小时服务热线：95533|本卡仅限本人使用，不得转借"))
    gap = facts.pick("|  | |")
    shown = gap.join(number[place : place + 4] for place in range(0, len(number), 4))
    texts.insert(facts.number(1, 2), shown)
    texts.append(
        facts.pick(
            f"VALID THRU {until}|有效期 {until}|有效期至：{until}|GOOD THRU {until}|{until}|月/年 {until}|"
            f"MONTH/YEAR {until}"
        )
    )
    if facts.chance(0.2):
        texts.append("CVV2 " + facts.digits(3))
    for text in texts:
        page.put(page.left + facts.number(0, 300), page.y, text, page.size * facts.rng.choice((0.9, 1.2)))
        page.step(2.4)
    return {"card_number": number, "bank": bank, "valid_to": until}
