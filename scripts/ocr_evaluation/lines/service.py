"""Receipts of service."""

from typing import Any

from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.court import CASE, CAUSE, head, mixed
from ocr_evaluation.lines.facts import LineFacts

_ADDRESSEE = (
    "受送达人|受送达人|受送达人姓名或名称|受送达人名称|被送达人|受送达人姓名|受送达单位或个人|收件人|受送达人（单位）|"
    "送达对象|收件人姓名|受送达人的姓名或名称|受送达人（姓名或名称）|受送达单位（人）|受送达人姓名/名称|被送达人名称"
)
_DOCUMENTS = (
    "送达文书|送达文书名称|送达文书名称和件数|送达文书名称及件数|送达文书及件数|送达的文书|送达材料|文书名称|"
    "送达的文书名称和件数|送达诉讼文书|送达文件|诉讼文书名称|送达文书种类|应送达文书|送达文书名称、件数|文书名称及份数|"
    "送达文书名称及份数|送达诉讼文书名称|送达材料清单"
)
_SERVED_AT = "送达地址|送达地点|送达处所|受送达人地址|收件地址|送达场所|邮寄地址|投递地址|受送达人住址|受送达人住所地"
_METHOD = "送达方式|送达方式|送达方法|送达形式|送达类型|采用的送达方式"
_RECEIVED = "收到日期|签收日期|送达日期|送达时间|收到时间|签收时间|受送达人签收日期|收件日期|签收年月日|送达成功时间"
_PAPERS = (
    "起诉状副本1份、应诉通知书1份|民事判决书1份|传票、举证通知书|民事裁定书、执行通知书各一份|"
    "上诉状副本、证据副本各1份|"
    "受理案件通知书|限制消费令、报告财产令|民事调解书2份|开庭传票1份、合议庭组成人员通知书1份"
)


def delivery_receipt(facts: LineFacts, page: Canvas) -> dict[str, Any]:
    court, number, shown = head(
        facts, page, "送达回证|送达回证|送达回证|送达回执|送达证|电子送达回证|诉讼文书送达回证|邮寄送达回证"
    )
    person, day = facts.party()[0], facts.day(2021, 2026)
    fields = {
        "case_number": number,
        "court": court,
        "cause": facts.cause(),
        "addressee": person,
        "documents": facts.pick(_PAPERS),
        "address": facts.address(),
        "delivery_method": facts.pick("直接|留置|邮寄|委托|转交|公告|电子") + "送达",
        "delivered_on": day.isoformat(),
    }
    rows = [] if shown else [(facts.pick(CASE), number)]
    rows += [
        (facts.pick(CAUSE), fields["cause"]),
        (facts.pick(_ADDRESSEE), person),
        (facts.pick(_DOCUMENTS), fields["documents"]),
        (facts.pick(_SERVED_AT), fields["address"]),
        (facts.pick(_METHOD), fields["delivery_method"]),
    ]
    if facts.chance(0.15):
        ways = [one + "送达" for one in ("直接", "留置", "邮寄", "委托", "电子")]
        chosen = facts.rng.choice(ways)
        fields["delivery_method"] = chosen
        rows[-1] = (rows[-1][0], "".join(("☑" if way == chosen else "□") + way for way in ways))
    labelled = facts.chance(0.5)
    if labelled:
        rows.append((facts.pick(_RECEIVED), facts.day_written(day)))
    noise = [
        (facts.pick("受送达人签名或盖章|收件人签名或盖章|受送达人签收"), facts.name()),
        ("代收人及代收理由", ""),
        (facts.pick("送达人|送达人签名|送达人员"), f"{facts.name()}、{facts.name()}"),
        (facts.pick("备注|备考"), ""),
        (facts.pick("填发人|发件人|签发人"), facts.name()),
        ("见证人", ""),
        (facts.pick("不能送达的理由|拒收事由"), ""),
        (facts.pick("联系电话|受送达人电话"), facts.phone()),
    ]
    page.form(mixed(facts, rows, noise))
    page.prose("注：受送达人拒绝接收的，送达人应当记明拒收事由和日期。")
    if not labelled:
        page.signed(facts.name(), facts.day_written(day))
    foot_of_receipt = facts.chance(0.3)
    if foot_of_receipt:
        page.put(page.left, page.y, f"填发人：{facts.name()}    送达人：{facts.name()}")
    return fields
