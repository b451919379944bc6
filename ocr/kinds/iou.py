"""借条、欠条. Written by hand as a rule, so what is read is for a person to confirm."""

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_NAME = r"([\u4e00-\u9fff]{2,4}?)"
_WORK = "装修|工程|材料|劳务|运输|加工|承包|设备|施工|安装|设计|服务|维修|广告|房屋"
_FOR = rf"现金|人民币|货款|欠款|工资|租金|的?借款|\d|\(|¥|(?:{_WORK})+(?:款|费|租)"
_MONEY = rf"(?:人民币|现金|借款|¥|Y)[^\d。]{{0,8}}?({values.AMOUNT})"


def fields(paper: Paper) -> dict[str, Field]:
    digits = paper.flowing(_MONEY, 1) or paper.flowing(rf"({values.AMOUNT})元", 1)
    return values.kept(
        lender=values.text(
            paper.flowing(rf"(?:今借到|借到|今欠|尚欠|共欠|实欠|拖欠|收到){_NAME}(?:{_FOR})", 1)
            or paper.flowing(rf"(?:出借人|债权人){_NAME}(?:处)?借(?:款|到|得|走)", 1)
            or paper.flowing(rf"向{_NAME}(?:处)?借(?:款|到|得|走)", 1)
            or paper.search(r"(?:出借人|债权人)[:\s(]*([\u4e00-\u9fff]{2,4})", 1),
            values.NAME,
        ),
        borrower=values.text(
            paper.search(r"(?:借款人|欠款人|借到人|立据人|具条人)[:\s]+([\u4e00-\u9fff]{2,4})(?=\s|$|\()", 1)
            or paper.flowing(rf"本人{_NAME}[,(因向]", 1),
            values.NAME,
        ),
        amount_fen=values.amount(paper, digits, paper.flowing(CAPITAL_AMOUNT.pattern)),
        due_on=values.date(
            paper.flowing(rf"(?:于|至|在|到)({values.DATE})(?:之?前|归还|还清|到期|止|偿还)", 1)
            or paper.flowing(rf"(?:期限|期间):?自?{values.DATE}起?[至到—-]+({values.DATE})", 1)
            or paper.flowing(rf"(?:还款日期|还款期限|还款时间):?({values.DATE})", 1)
        ),
        signed_on=values.last_date(paper),
        id_number=values.id_number(paper),
    )


KIND = Kind(
    "iou",
    {"借条": 5, "欠条": 5, "借据": 5, "今借到": 3, "借款人": 2, "还清": 2, "空口无凭": 2, "归还": 1, "立此为据": 2},
    fields,
    heading=r"[借欠]款?[条据]",
)
