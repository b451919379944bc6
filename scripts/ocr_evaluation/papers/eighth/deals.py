"""What people agree on, as the eighth part draws it: an agency's lease, a lender's contract, wages owed, an app."""

from ocr_evaluation.facts import Facts, Person, capitals, han_day, money
from ocr_evaluation.forms import ruled, running
from ocr_evaluation.sheet import EIGHTH, EIGHTH_TYPED, Sheet

_A4 = (1240, 1754)
_INK = "#23305f"


def _signed(sheet: Sheet, y: float, role: str, person: Person, x: float, day: str) -> None:
    end = sheet.text(x, y, role, 28, "serif")
    sheet.hand(end + 6, y - 12, person.name, 42, _INK)
    sheet.text(x, y + 66, f"签约日期：{day}", 27, "serif")


def agency_lease(facts: Facts) -> Sheet:
    """An agency's own form: three sides, the rent of a month, how to settle disputes ticked."""
    one, two, agency, signed = facts.person(), facts.person(), facts.company(), facts.day(2020, 2026)
    start, rent = facts.after(signed, 25), facts.number(9, 88) * 10000
    end = start.replace(year=start.year + 2, day=min(28, start.day))
    sheet = Sheet("contract", _A4, EIGHTH, facts.rng)
    sheet.text(120, 60, f"{facts.rng.choice(('安家优选', '百姓找房', '金钥匙不动产'))}", 32, "bold", "#b5532a")
    sheet.right(66, f"NO.{facts.digits(9)}", 26, 1120)
    sheet.centre(118, "房屋租赁合同（居间）", 48, "bold")
    parties = (
        ("甲方（出租人）", one.name, "身份证号", one.id_number),
        ("乙方（承租人）", two.name, "身份证号", two.id_number),
        ("丙方（居间人）", agency.name, None, None),
    )
    y = ruled(sheet, 110, 200, (230, 230, 150, 410), parties, 62, 26)
    texts = [
        f"一、甲方自愿将位于{one.address}的房屋出租给乙方，房屋用途为居住，户型两室一厅，家具家电见附件清单。",
        f"二、租期共24个月，自{han_day(start)}至{han_day(end)}。租期届满，乙方享有同等条件下的优先承租权。",
        f"三、月租金为人民币{money(rent)[:-3]}元整（大写：{capitals(rent)}），押一付三，乙方应于每期首日前十日付清。",
        f"四、押金{money(rent)[:-3]}元，租期届满且无欠费、无损坏的，甲方于三日内无息退还。",
        "五、租赁期间的水、电、燃气、物业费由乙方承担；房屋及附属设施非人为损坏的，由甲方负责维修。",
        "六、任何一方提前解除合同的，应当提前三十日通知对方，并支付相当于一个月租金的违约金。",
        "七、居间服务费由乙方承担，金额为半个月租金，于本合同签订时一次性支付给丙方。",
        "八、本合同发生争议时，按下列第（2）种方式解决：",
    ]
    y = running(sheet, y + 10, texts, 27, indent=False)
    sheet.text(180, y + 6, "（1）提交合同签订地的仲裁委员会仲裁；", 27, "serif")
    sheet.text(180, y + 52, "（2）依法向房屋所在地人民法院提起诉讼。", 27, "serif")
    y = max(y + 130, 1400)
    day = f"{signed.year}年{signed.month:02d}月{signed.day:02d}日"
    _signed(sheet, y, "甲方签字：", one, 120, day)
    _signed(sheet, y, "乙方签字：", two, 500, day)
    sheet.text(860, y, "丙方（盖章）：", 28, "serif")
    sheet.seal(1000, int(y) + 100, 100, agency.name)
    sheet.truth.fields = {
        "title": "房屋租赁合同（居间）",
        "party_a": one.name,
        "party_b": two.name,
        "amount_fen": rent,
        "valid_from": start.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": "向房屋所在地人民法院提起诉讼",
        "signed_on": signed.isoformat(),
    }
    return sheet


def consumer_loan(facts: Facts) -> Sheet:
    """A lender's contract from a telephone, printed: the terms in a table before the clauses, signed without a pen."""
    borrower, signed = facts.person(), facts.day(2019, 2026)
    name = f"{facts.rng.choice(('湖南', '河北', '江西', '云南'))}{facts.rng.choice(facts.brands)}消费金融有限公司"
    amount, end = facts.number(5, 200) * 100000, signed.replace(year=signed.year + 1, day=min(28, signed.day))
    sheet = Sheet("contract", _A4, EIGHTH_TYPED, facts.rng)
    sheet.centre(76, "个人消费借款合同", 52, "bold")
    sheet.text(110, 166, f"合同编号：XFD{signed:%Y%m%d}{facts.digits(8)}", 24, "serif")
    rows = (
        ("贷款人", name, None, None),
        ("借款人", borrower.name, "证件号码", borrower.id_number),
        ("借款本金", f"人民币{money(amount)}元", "大写", capitals(amount)),
        ("借款期限", f"{han_day(signed)}至{han_day(end)}", None, None),
        ("年利率", "单利14.40%", "还款方式", "等额本息，12期"),
        ("收款账户", f"{facts.bank()}  {facts.card_number()}", None, None),
    )
    y = ruled(sheet, 110, 214, (190, 300, 130, 400), rows, 66, 25)
    texts = [
        "第一条  借款用途。借款仅限用于个人日常消费，不得用于购房、投资及其他法律法规禁止的领域。",
        "第二条  发放。贷款人审核通过后，将借款本金一次性划入上表所列收款账户，划入之日为放款日。",
        "第三条  还款。借款人授权贷款人于每月还款日从约定账户扣收当期应还本息。",
        "第四条  逾期。借款人未按期足额还款的，自逾期之日起按约定利率上浮百分之五十计收罚息。",
        "第五条  送达。借款人确认上述手机号码及身份证载明的地址为有效送达地址，适用于诉讼各阶段。",
        "第六条  争议解决。因本合同引起的争议，由贷款人住所地有管辖权的人民法院管辖。",
        "第七条  生效。本合同经双方以电子签名方式签署后生效，与纸质合同具有同等法律效力。",
    ]
    y = max(running(sheet, y + 24, texts, 27, indent=False) + 60, 1300)
    sheet.text(120, y, f"贷款人（电子签章）：{name}", 27, "serif")
    sheet.text(120, y + 64, f"借款人（电子签名）：{borrower.name}", 27, "serif")
    sheet.text(
        120, y + 128, f"签署时间：{signed:%Y-%m-%d} {facts.number(9, 22):02d}:{facts.number(10, 59)}", 27, "serif"
    )
    sheet.seal(960, int(y) + 60, 110, name)
    sheet.centre(1690, "第1页/共1页", 22, "sans")
    sheet.truth.fields = {
        "title": "个人消费借款合同",
        "party_a": name,
        "party_b": borrower.name,
        "amount_fen": amount,
        "valid_from": signed.isoformat(),
        "valid_to": end.isoformat(),
        "dispute_clause": "由贷款人住所地有管辖权的人民法院管辖",
        "signed_on": signed.isoformat(),
    }
    return sheet


def wages_owed(facts: Facts) -> Sheet:
    """A leader of workers writes down what he owes one of them; the number of his card under his name."""
    one, two, amount, day = facts.person(), facts.person(), facts.number(15, 600) * 10000, facts.day(2018, 2025)
    due = facts.after(day, 260)
    sheet = Sheet("iou", (1130, 1240), EIGHTH_TYPED, facts.rng, "#f4f1e7")
    for y in range(210, 1200, 86):
        sheet.rule(70, y, 1060, y, ink="#b9c6d2", width=1)
    sheet.hand(430, 96, "工资欠条", 64)
    lines = (
        f"今欠到工人{one.name}在滨江花园工地",
        f"{day.year - 1}年度木工工资共计人民币",
        f"{capitals(amount)}（{amount // 100}元），",
        f"此款于{han_day(due)}前付清。",
        "到期不付，按银行利息计算。",
    )
    for row, line in enumerate(lines):
        sheet.hand(160 if row == 0 else 80, 226 + 86 * row, line, 46)
    sheet.hand(480, 744, f"欠款人：{two.name}", 48)
    sheet.hand(220, 830, f"身份证号{two.id_number}", 44)
    sheet.hand(480, 916, f"电话：136{facts.digits(8)}", 44)
    sheet.hand(480, 1002, f"{day.year}.{day.month}.{day.day}", 46)
    sheet.draw.ellipse((770, 738, 826, 806), outline="#c5403a", width=5)
    sheet.draw.ellipse((784, 754, 812, 790), outline="#c5403a", width=4)
    sheet.truth.fields = {
        "lender": one.name,
        "borrower": two.name,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
        "id_number": two.id_number,
    }
    return sheet


def iou_in_an_app(facts: Facts) -> Sheet:
    """Drawn up in a program: the sum large, grey labels, the days with dots; numbers of cards are not shown in full."""
    one, two, amount, day = facts.name(), facts.name(), facts.number(5, 300) * 100000, facts.day(2019, 2026)
    due = facts.after(day, 360)
    sheet = Sheet("iou", (1080, 1960), EIGHTH, facts.rng, "#f3f4f6")
    sheet.draw.rectangle((0, 0, 1080, 560), fill="#2f7d5b")
    sheet.text(60, 36, f"{facts.number(8, 22)}:{facts.number(10, 59)}", 34, "sans", "#ffffff")
    sheet.centre(126, "电子借条", 46, "sans", ink="#ffffff")
    sheet.centre(260, "借款金额（元）", 32, "sans", ink="#d6ebe0")
    sheet.centre(320, money(amount), 84, "sans", ink="#ffffff")
    sheet.centre(460, "已生效", 34, "sans", ink="#ffe9a8")
    sheet.draw.rounded_rectangle((40, 600, 1040, 1500), 22, fill="#ffffff")
    rows = (
        ("借款人", two),
        ("出借人", one),
        ("大写金额", capitals(amount)),
        ("借款日期", f"{day:%Y.%m.%d}"),
        ("还款日期", f"{due:%Y.%m.%d}"),
        ("年化利率", "8.00%"),
        ("还款方式", "到期一次还本付息"),
        ("借款用途", facts.rng.choice(("个人消费", "教育培训", "临时周转"))),
        ("借条编号", f"JT{facts.digits(14)}"),
    )
    for row, (label, value) in enumerate(rows):
        y = 640 + 94 * row
        sheet.text(90, y, label, 33, "sans", "#8d9299")
        sheet.text(360, y, value, 34, "sans", "#202327")
    sheet.centre(1540, "双方均已完成实名认证并签署电子签名", 29, "sans", ink="#8d9299")
    sheet.draw.rounded_rectangle((80, 1700, 1000, 1810), 54, fill="#2f7d5b")
    sheet.centre(1728, "申请出证", 42, "sans", ink="#ffffff")
    sheet.truth.fields = {
        "lender": one,
        "borrower": two,
        "amount_fen": amount,
        "due_on": due.isoformat(),
        "signed_on": day.isoformat(),
    }
    return sheet
