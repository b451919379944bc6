"""Fields (C8, F2) out of layouts that offices really use, and that the first reading of the third part got wrong."""

import pytest

from ocr import Line, PageInfo
from ocr.kinds.plugins import extract
from ocr.lines import box
from ocr.readings import Value

SIZE = 30  # of letters


def read(kind: str | None, *rows: tuple[str, ...], step: int = 300) -> tuple[str, dict[str, Value]]:
    """Rows of cells `step` apart, as a perfect reader finds them; an empty cell holds its place."""
    lines = []
    for place, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text:
                left, top = 60 + step * column, 60 + 60 * place
                lines.append(Line(text, 0.99, box(left, top, left + len(text) * SIZE / 2, top + SIZE)))
    name, _, fields = extract(lines, [PageInfo(1600, 1200)], kind, [])
    return name, {key: field.value for key, field in fields.items()}


@pytest.mark.parametrize("labels", [("户名", "账号"), ("全称", "账 号")])
def test_payer_and_payee_stand_beside_each_other_in_a_table(labels: tuple[str, str]) -> None:
    """付款人 and 收款人 once each, set downwards over the rows of the table."""
    _, fields = read(
        "bank_receipt",
        ("", labels[0], "厦门润泽食品有限公司", "", labels[0], "长沙百川（集团）有限公司"),
        ("付款人", labels[1], "98275775266537448", "收款人", labels[1], "84421332138451693"),
        ("", "开户行", "兴业银行", "", "开户行", "长沙银行城东支行"),
        ("金额", "¥449,582.20"),
    )
    assert (fields["payer"], fields["payer_account"]) == ("厦门润泽食品有限公司", "98275775266537448")
    assert (fields["payee"], fields["payee_account"]) == ("长沙百川（集团）有限公司", "84421332138451693")


@pytest.mark.parametrize(
    ("written", "party"),
    [
        ("南宁蓝海（集团）有限公司", "南宁蓝海（集团）有限公司"),
        ("厦门云帆中心（有限合伙）", "厦门云帆中心（有限合伙）"),
        ("张三（反诉被告）", "张三"),
        ("张三（曾用名张四）", "张三"),
    ],
)
def test_brackets_belong_to_the_name_of_a_body_alone(written: str, party: str) -> None:
    _, fields = read("judgment", ("民事判决书",), (f"原告：{written}，住所地天津市。",), ("被告：李四，男。",))
    assert fields["plaintiff"] == party


def test_what_follows_a_name_on_its_line_is_not_part_of_it() -> None:
    _, fields = read(
        "power_of_attorney", ("授权委托书",), ("委托人：芦德春性别：女",), ("受托人：葛鹏", "天津至诚律师事务所")
    )
    assert (fields["principal"], fields["agent"], fields["firm"]) == ("芦德春", "葛鹏", "天津至诚律师事务所")


def test_a_firm_that_may_begin_with_its_lawyers_name_is_flagged() -> None:
    """Where a line came without its gap, nobody can tell where the name ends."""
    lines = [Line("受托人：诸葛鹏天津至诚律师事务所律师", 0.99, box(60, 60, 600, 90))]
    _, _, fields = extract(lines, [PageInfo(800, 400)], "power_of_attorney", [])
    assert "agent" not in fields
    assert fields["firm"].reasons == ("grammar",)


def test_a_lawyers_letter_is_no_power_of_attorney() -> None:
    name, fields = read(
        None,
        ("", "律师函"),
        ("本所受委托人指派，就拖欠工程款一事致函如下：请一次性付清，",),
        ("经多次催告未果，委托人至今没有收到任何款项，否则将依法追究责任。",),
        ("", "2026年8月17日"),
    )
    assert (name, fields["dated_on"]) == ("page", "2026-08-17")


def test_a_debt_for_goods_names_its_creditor() -> None:
    _, fields = read("iou", ("欠条",), ("今欠路梅货款人民币壹拾万元整（¥100000），",), ("欠款人：聂若", ""))
    assert (fields["lender"], fields["borrower"]) == ("路梅", "聂若")


def test_the_head_of_a_business_ends_at_its_column() -> None:
    _, fields = read(
        "business_licence", ("经营者", "倪楠", "经营场所", "河东区津塘路12弄4号"), ("", "", "", "1单元503")
    )
    assert fields["legal_representative"] == "倪楠"
    _, fields = read("business_licence", ("经营场所", "河东区津塘路12弄4号"), ("经营者", "倪楠", "", "1单元503"))
    assert fields["legal_representative"] == "倪楠"


def test_names_in_a_group_are_told_from_what_is_said_by_their_size() -> None:
    """A photo makes the upper lines of a screen smaller, so a name is measured against the words right below it."""

    def said(left: float, top: float, text: str, letter: float) -> Line:
        return Line(text, 0.99, box(left, top, left + letter * len(text), top + letter + 8))

    lines = [
        said(400, 40, "维权群", 44), Line("昨天10:26", 0.99, box(480, 120, 600, 150)),
        said(150, 180, "葛金辰", 26), said(178, 230, "开发商下周给答复", 34), said(520, 330, "一起去投诉吧", 36),
        Line("昨天11:05", 0.99, box(480, 420, 600, 450)), said(150, 480, "柯银", 28), said(178, 530, "收到", 38),
    ]  # fmt: skip
    name, _, fields = extract(lines, [PageInfo(1080, 1200)], None, [])
    messages = fields["messages"].value
    assert isinstance(messages, list)
    assert name == "chat_screenshot"
    assert [(message["speaker"], message["text"]) for message in messages] == [
        ("葛金辰", "开发商下周给答复"), ("我", "一起去投诉吧"), ("柯银", "收到"),
    ]  # fmt: skip


def test_a_lease_without_sides_is_a_contract_of_its_roles() -> None:
    name, fields = read(
        None, ("", "商铺租赁合同"), ("出租人:崔娥学",), ("承租人:霍洁守",),
        ("租赁期限为12个月,自2023年5月10日起,至2024年5月9日止。租金总额人民币4,100元。",),
    )  # fmt: skip
    assert (name, fields["party_a"], fields["party_b"]) == ("contract", "崔娥学", "霍洁守")
    assert (fields["valid_from"], fields["valid_to"]) == ("2023-05-10", "2024-05-09")


def test_a_summons_by_message_is_one() -> None:
    name, fields = read(
        None, ("【北京市海淀区人民法院】",), ("张三：",), ("您与李四民间借贷纠纷一案，案号（2025）京0108民初1234号，",),
        ("定于2025年3月5日9时30分在本院第十法庭开庭审理，请准时到庭。",), ("二〇二五年二月一日",),
    )  # fmt: skip
    assert (name, fields["summoned"], fields["court"]) == ("summons", "张三", "北京市海淀区人民法院")
    assert (fields["appear_at"], fields["place"]) == ("2025-03-05T09:30", "本院第十法庭")


def test_a_judgment_in_a_table_names_its_sides_and_its_result() -> None:
    _, fields = read(
        "judgment", ("", "民事判决书"), ("案由", "民间借贷纠纷"), ("原告", "张三"), ("被告", "李四"),
        ("判决结果", "一、被告李四偿还原告张三借款5000元。"), ("", "审判员王五"),
    )  # fmt: skip
    assert (fields["plaintiff"], fields["defendant"], fields["cause"]) == ("张三", "李四", "民间借贷纠纷")
    assert fields["result"] == "一、被告李四偿还原告张三借款5000元。"


def test_the_way_of_service_is_the_one_that_is_ticked() -> None:
    _, fields = read("delivery_receipt", ("送达方式", "□直接 ☑邮寄 □留置"), ("受送达人", "李四"))
    assert fields["delivery_method"] == "邮寄送达"


def test_an_id_number_over_the_end_of_a_row_belongs_to_whom_it_follows() -> None:
    """The lender's must not stand for the borrower's without a flag, also where its line was broken."""
    lines = [
        Line("本人祝清华从洪恒（身份证号码：21010219650327", 0.99, box(60, 60, 900, 90)),
        Line("0139）处借到人民币壹万元整。", 0.99, box(60, 120, 700, 150)),
        Line("借款人：祝清华", 0.99, box(60, 240, 400, 270)),
    ]
    _, _, fields = extract(lines, [PageInfo(1000, 400)], "iou", [])
    assert fields["id_number"].flagged


def test_names_of_both_sides_come_from_below_heads_that_stand_aslant() -> None:
    """One head a little higher than the other: their order is from left to right all the same."""
    lines = [
        Line("销售方", 0.99, box(700, 60, 800, 90)), Line("购买方", 0.99, box(60, 84, 160, 114)),
        Line("名称：甲贸易有限公司", 0.99, box(180, 84, 480, 114)),
        Line("名称：乙商贸有限公司", 0.99, box(820, 60, 1100, 90)),
        Line("税号：91140105MAFXK8KMH6", 0.99, box(180, 140, 520, 170)),
    ]  # fmt: skip
    _, _, fields = extract(lines, [PageInfo(1200, 400)], "vat_invoice", [])
    assert (fields["buyer"].value, fields["seller"].value) == ("甲贸易有限公司", "乙商贸有限公司")
    assert fields["buyer_credit_code"].flagged
