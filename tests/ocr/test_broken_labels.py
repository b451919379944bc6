"""Labels that forms break and spread (C8, F2), as readers find them: halves, and characters that seem to run down."""

import pytest

from ocr import Line, PageInfo
from ocr.downward_lines import in_rows
from ocr.kinds.plugins import extract
from ocr.lines import box
from ocr.readings import Value

SIZE = 30.0  # of letters, in pixels
PAGE = [PageInfo(1240, 1754)]


def at(left: float, top: float, text: str) -> Line:
    """A line set across."""
    return Line(text, 0.99, box(left, top, left + len(text) * SIZE, top + SIZE))


def down(left: float, top: float, text: str, step: float) -> Line:
    """A line set downwards, its characters `step` apart."""
    return Line(text, 0.99, box(left, top, left + SIZE, top + (len(text) - 1) * step + SIZE))


def read(kind: str, *lines: Line) -> dict[str, Value]:
    _, _, fields = extract(in_rows(lines), PAGE, kind, [])
    return {name: field.value for name, field in fields.items()}


def test_a_label_in_two_rows_of_its_cell_stands_beside_its_value() -> None:
    fields = read(
        "summons",
        at(100, 100, "被传唤"), at(100, 140, "人姓名"), at(400, 120, "岑守勤"),
        at(100, 220, "工作单位"), at(400, 220, "银川市兴庆区凤凰北街19号阳光"), at(100, 260, "或住址"),
        at(400, 260, "花园1620室"),
        at(100, 340, "应"), at(190, 340, "到"), at(400, 360, "诉讼服务中心第2调解室"), at(100, 380, "处"),
        at(190, 380, "所"),
    )  # fmt: skip
    assert fields["summoned"] == "岑守勤"
    assert fields["address"] == "银川市兴庆区凤凰北街19号阳光花园1620室"
    assert fields["place"] == "诉讼服务中心第2调解室"


def test_first_characters_of_rows_are_no_line_that_runs_downwards() -> None:
    lines = [down(100, 100, "名类住", 70), at(220, 100, "称"), at(400, 100, "昆山同心人力资源厂"), at(220, 170, "型")]
    lines += [at(400, 170, "有限责任公司"), at(400, 240, "江苏省昆山市玉山镇前进中路88号")]
    assert [line.text for line in in_rows(lines)[:3]] == ["名", "类", "住"]
    fields = read("business_licence", *lines)
    assert fields["company_name"] == "昆山同心人力资源厂"
    assert fields["address"] == "江苏省昆山市玉山镇前进中路88号"


def test_halves_of_a_label_are_told_from_a_label_set_downwards() -> None:
    spread = [
        down(100, 100, "应时", 40),
        at(190, 100, "到"),
        at(190, 140, "间"),
        at(400, 120, "2026年6月20日上午10时30分"),
    ]
    assert read("summons", *spread)["appear_at"] == "2026-06-20T10:30"
    table = [down(100, 100, "付款人", 40), at(200, 80, "户名"), at(200, 140, "账号"), at(200, 200, "开户行")]
    assert [line.text for line in in_rows(table)] == ["付款人", "户名", "账号", "开户行"]


def test_a_value_ends_at_the_next_label_of_its_row_and_above_the_next_one() -> None:
    fields = read(
        "summons",
        at(100, 100, "被传唤人"), at(300, 100, "娄巧世"), at(600, 100, "身份"), at(750, 100, "被告"),
        at(100, 180, "案由"), at(300, 180, "供用热力合同纠纷"), at(600, 180, "审判程序"), at(750, 180, "简易程序"),
        at(100, 260, "开庭时间"), at(300, 260, "2026-08-29 10:15"), at(100, 340, "开庭地点"),
        at(300, 340, "第十四法庭"),
    )  # fmt: skip
    assert (fields["summoned"], fields["cause"]) == ("娄巧世", "供用热力合同纠纷")
    assert (fields["appear_at"], fields["place"]) == ("2026-08-29T10:15", "第十四法庭")


def test_a_value_of_two_rows_ends_where_a_gap_or_a_numbered_note_follows() -> None:
    lines = [at(100, 100, "应到处所"), at(400, 100, "第二法庭"), at(400, 140, "1.携带身份证。")]
    assert read("summons", *lines)["place"] == "第二法庭"
    assert read("summons", *lines[:2], at(400, 220, "本院公告"))["place"] == "第二法庭"


def test_a_label_with_one_wrong_character_is_still_one() -> None:
    assert read("delivery_receipt", at(100, 100, "送迭地址"), at(400, 100, "平阳路9号"))["address"] == "平阳路9号"


@pytest.mark.parametrize("seller_first", [True, False])
def test_seller_and_buyer_are_told_by_their_labels(seller_first: bool) -> None:
    """A roll names the seller first; a number must not land with the other party."""
    seller = ("销售方名称:太原同心有限公司", "91140105MAFXK8KMH6")
    buyer = ("购买方名称:乌鲁木齐红石养殖厂", "91650102MAEECHJKJR")
    lines = [
        at(60, 100 + 120 * place + 60 * row, text)
        for place, (name, code) in enumerate((seller, buyer) if seller_first else (buyer, seller))
        for row, text in enumerate((name, f"纳税人识别号:{code}"))
    ]
    fields = read("vat_invoice", *lines)
    assert (fields["seller"], fields["seller_credit_code"]) == ("太原同心有限公司", "91140105MAFXK8KMH6")
    assert (fields["buyer"], fields["buyer_credit_code"]) == ("乌鲁木齐红石养殖厂", "91650102MAEECHJKJR")


def test_parties_stand_where_a_paragraph_begins() -> None:
    fields = read(
        "judgment",
        at(60, 100, "民事调解书"), at(60, 160, "原告:单勤,女,汉族。"),
        at(60, 220, "被告一:昆山飞鹿服饰有限公司,住所地昆山市。"),
        at(60, 280, "被告二:葛小可,男,系被告一员工。"),
        at(60, 340, "原告单勤诉被告昆山飞鹿服饰有限公司、葛小可相邻关系纠纷一案,"),
        at(60, 400, "经本院主持调解,双方自愿达成如下调解协议:双方再无争议。"), at(60, 460, "案件受理费由被告负担。"),
    )  # fmt: skip
    assert (fields["plaintiff"], fields["defendant"]) == ("单勤", "昆山飞鹿服饰有限公司")
    assert (fields["cause"], fields["result"]) == ("相邻关系纠纷", "双方再无争议。")


def test_sides_of_a_contract_are_named_by_their_heads_alone() -> None:
    fields = read(
        "contract",
        at(60, 100, "转让方(以下简称甲方):费传启,身份证号:1"), at(60, 160, "受让方(以下简称乙方):祝寻,身份证号:2"),
        at(60, 220, "一、甲方将位于地下车库的车位转让给乙方使用。"), at(60, 280, "甲方(签字):"),
    )  # fmt: skip
    assert (fields["party_a"], fields["party_b"]) == ("费传启", "祝寻")


def test_a_number_that_goes_over_the_end_of_a_row_is_found() -> None:
    lines = [at(60, 100, "受托人:王五,身份证号码441900"), at(60, 160, "199112047288。")]
    assert read("power_of_attorney", *lines)["id_number"] == "441900199112047288"


def test_a_table_names_who_gives_and_who_takes_a_power() -> None:
    fields = read(
        "power_of_attorney",
        at(260, 100, "姓名"), at(460, 100, "祝奕守"), at(60, 160, "委托人"), at(260, 160, "身份证号"),
        at(260, 220, "姓名"), at(460, 220, "谈冠敏"), at(60, 280, "受委托人"), at(260, 280, "工作单位"),
        at(460, 280, "融智律师事务所"),
    )  # fmt: skip
    assert (fields["principal"], fields["agent"]) == ("祝奕守", "谈冠敏")


def test_labels_may_head_the_columns_of_a_table() -> None:
    fields = read(
        "bank_receipt",
        at(60, 100, "付款户名"), at(300, 100, "付款账号"), at(700, 100, "收款户名"), at(900, 100, "收款账号"),
        at(60, 180, "崔金"), at(300, 180, "42813961736"), at(700, 180, "柯耀银"), at(900, 180, "62288700341"),
        at(60, 260, "交易日期"), at(300, 260, "交易金额"), at(60, 340, "2022-04-15"), at(300, 340, "¥3,000.00"),
    )  # fmt: skip
    assert (fields["payer"], fields["payer_account"]) == ("崔金", "42813961736")
    assert (fields["payee"], fields["payee_account"]) == ("柯耀银", "62288700341")
    assert (fields["paid_on"], fields["amount_fen"]) == ("2022-04-15", 300000)


def test_what_is_glued_to_its_label_goes_on_below_it() -> None:
    lines = [
        at(60, 100, "住址新疆维吾尔自治区乌鲁木齐市"),
        at(60, 140, "天山区解放南路299号"),
        at(60, 300, "公民身份号码"),
    ]
    assert read("id_card_front", *lines)["address"] == "新疆维吾尔自治区乌鲁木齐市天山区解放南路299号"
    below = at(60, 140, "送达方式:直接送达")
    assert read("delivery_receipt", at(60, 100, "送达地址:平阳路9号院"), below)["address"] == "平阳路9号院"


def test_a_sum_in_tens_of_thousands_is_no_amount_in_capitals() -> None:
    clause = at(60, 100, "一、转让价款为人民币176万元(大写:壹佰柒拾陆万元整)。")
    assert read("contract", clause)["amount_fen"] == 176_000_000


def test_a_number_read_wrong_is_flagged_and_no_other_stands_in_for_it() -> None:
    """Two people's numbers on one note of debt: the borrower's must not silently become the lender's."""
    lines = [
        at(60, 100, "借款人:王五,身份证号441900199112047289"),
        at(60, 160, "出借人:单勤,身份证号150102197702173313"),
    ]
    _, _, fields = extract(lines, PAGE, "iou", [])
    assert fields["id_number"].value == "441900199112047289"
    assert "check_digit" in fields["id_number"].reasons


def test_a_lone_credit_code_is_flagged_for_it_may_be_the_other_partys() -> None:
    lines = [
        at(60, 100, "名称:张三"),
        at(60, 160, "名称:太原同心有限公司"),
        at(60, 220, "纳税人识别号:91140105MAFXK8KMH6"),
    ]
    _, _, fields = extract(lines, PAGE, "vat_invoice", [])
    assert fields["seller_credit_code"].flagged
    assert "buyer_credit_code" not in fields
