"""What printed forms call each field: one table of labels for each kind. Pure.

Labels are put together out of parts, since offices do the same: 付款 + 人 + 户名. They are written as
`ocr.checks.plain` leaves them. What is in ``Wordings.weak`` means the field only where nothing says so more
clearly: 时间 alone, 姓名 alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ocr.kinds.printed_labels import words


@dataclass(frozen=True, slots=True)
class Wordings:
    strong: frozenset[str]
    weak: frozenset[str] = frozenset()


_WHO = (
    "|姓名|名称|全称|姓名或名称|姓名或者名称|名称或姓名|姓名/名称|姓名或单位|名称/姓名|的姓名或名称|单位或个人|"
    "或单位|/单位"
)
_ID = words("|公民|居民", "身份证号|身份证号码|身份证件号码|身份证件号|身份号码") | words(
    "证件号码|身份证|公民身份证|证件号"
)
_CASE = Wordings(words("|诉讼|文书|本案|执行|收案", "案号|案件编号|案件号|案件编码"), words("编号|文号|字号"))
_CAUSE = Wordings(words("|案件|立案|本案", "案由", "|名称|摘要"), words("事由|案件名称|案件类型|纠纷类型|案情"))
_ADDRESS = words("|现|送达|户籍|家庭|单位|联系|通讯|通信|居住|身份证|"
    "经常居住", "住址|住所|住所地|地址|居住地|住处") | words(
    "工作单位|单位", "或|及|和|/|、|或者", "住址|住所|地址|住所地"
) | words("住址|住所|地址|住所地", "或|及|/", "工作单位|单位|住址")  # fmt: skip
_WHEN, _WHERE = "时间|日期|时间及日期|日期及时间|日期和时间", "处所|场所|地点|法庭|审判庭|地址|处"
_PAY, _GET = (
    "付款|汇款|付|支付|转出|汇出|扣款|出账|本方|我方|打款|出款|借方|出票|缴款|交款",
    "收款|收|转入|汇入|对方|入账|收益|到账|收钱|贷方",
)
_SIDE = "|人|方|单位|客户|账户|人/单位"
_NAMED = "户名|名称|全称|姓名|账户名称|账户名|单位名称|帐户名称|账户户名|户名/姓名"
_NUMBERED = "账号|帐号|卡号|账户|账号/卡号|账/卡号|帐户|账户号|银行账号|银行卡号|账户号码"
_OF_DAY = "日期|时间|日"
_FEES = "应交|应缴|缴款|交费|缴费|交款|应付|预交|应预交|预缴|应收|本次应缴|应交纳|应缴纳|需缴|支付|缴纳|交纳"
_SUM = "金额|费用|款额|总额|总金额|数额|费用金额"
_CAPITALS = words("|人民币|合计|合计人民币|金额", "(大写)|大写") | words(
    "大写金额|合计金额(大写)|金额(大写)|金额大写|大写合计|大写人民币"
)
_RECEIVERS = "受送达人|被送达人|受送达单位|受送达方|受送达者"

_ROLES = (
    "出租方|出租人|承租方|承租人|买方|买受人|买受方|卖方|出卖人|出卖方|出售方|购买方|供方|需方|供货方|采购方|委托方|"
    "委托人|受托方|受托人|"
    "发包方|发包人|承包方|承包人|分包人|分包方|转让方|转让人|受让方|受让人|出让方|贷款方|贷款人|出借方|出借人|借款方|"
    "借款人|用人单位|劳动者|"
    "定作方|定作人|承揽方|承揽人|加工方|托运人|承运人|托运方|承运方|赠与人|受赠人|服务方|业主|物业公司|聘用方|受聘方|"
    "雇主|雇员|广告主|广告公司"
)
WORDINGS: Mapping[str, Mapping[str, Wordings]] = {
    "id_card_front": {
        "name": Wordings(words("姓名|本人姓名|公民姓名")),
        "sex": Wordings(words("性别|性")),
        "ethnicity": Wordings(words("民族|族别")),
        "birth_date": Wordings(words("出生", "|日期|年月|年月日|时间") | words("生日")),
        "address": Wordings(_ADDRESS | words("常住户口所在地", "住址|地址|")),
        "id_number": Wordings(_ID, words("编号")),
    },
    "id_card_back": {
        "issuing_authority": Wordings(words("签发|发证|颁发|核发", "机关|单位|部门")),
        "valid_to": Wordings(words("有效", "期限|期|期至|日期|期间")),
    },
    "business_licence": {
        "company_name": Wordings(
            words("|企业|公司|单位|字号|主体|商事主体|市场主体|个体工商户|机构|"
                "经营主体", "名称") | words("名称(字号)|字号|商号"),
            words("名|称"),  # half of a label set wide apart
        ),
        "credit_code": Wordings(words("|统一", "社会信用代码|信用代码|社会信用代码(注册号)")),
        "company_type": Wordings(words("|企业|公司|主体|市场主体|商事主体|机构", "类型") | words("经济性质|企业性质")),
        "legal_representative": Wordings(
            words("|企业|公司", "法定代表人|负责人|经营者|投资人|执行事务合伙人|法人代表|代表人", "|姓名|(负责人)")
            | words("法人", "|姓名") | words("法定代表人", "或|/|、", "负责人"),
        ),
        "registered_capital": Wordings(
            words("注册|认缴|实缴|出资|"
                "开办", "资本|资金|总额|资本(金)|出资额|资本金") | words("出资额|资金数额|资金总额|成员出资总额")
        ),
        "established_on": Wordings(words("成立|注册|设立|登记成立|设立登记|开业", _OF_DAY), words("登记日期")),
        "address": Wordings(
            words("|主要|企业|公司|登记|注册|法定|办公|单位", "住所|经营场所|营业场所|地址|经营地址|住所地")
            | words("住所(经营场所)|经营场所(住所)|住址|企业地址|经营地点"),
            words("住|所"),
        ),
        "scope": Wordings(words("经营|业务|营业", "范围", "|及方式") | words("主营业务|经营项目")),
    },
    "lawyer_licence": {
        "name": Wordings(words("持证人|姓名|律师姓名|持证人姓名|持证律师|持有人")),
        "sex": Wordings(words("性别|性")),
        "firm": Wordings(
            words("|执业|所在|所属|"
                "现", "机构|律所|律师事务所|执业机构", "|名称") | words("执业单位"), words("工作单位|单位")
        ),
        "licence_number": Wordings(
            words("|律师", "执业证|执业证书|执业许可证|资格执业证", "号|号码|编号|书号") | words("执业号"),
            words("证号|证书编号|证书号|证件编号|证书号码|编号"),
        ),
        "id_number": Wordings(_ID),
        "issuing_authority": Wordings(words("发证|颁证|核发|颁发|审批|签发|制发", "机关|单位|部门|机构")),
        "issued_on": Wordings(words("发证|颁证|核发|颁发|批准|签发|制发|发放", _OF_DAY)),
    },
    "summons": {
        "case_number": _CASE,
        "cause": _CAUSE,
        "summoned": Wordings(
            words("被|"
                "受", "传唤|通知|"
                    "传", "人|的当事人|对象|方|当事人|单位", _WHO) | words("传唤对象|应到人|被传唤者|应传唤人"),
            words("当事人", _WHO) | words("姓名|姓名或名称|名称|到庭人"),
        ),
        "address": Wordings(_ADDRESS - words("地址"), words("工作单位|单位|地址")),
        "appear_at": Wordings(
            words("应到|到庭|开庭|出庭|庭审|报到|到案|到院|传唤|应到庭|听证|谈话|询问|调解|庭前会议|"
                "到场", _WHEN), words("时间|日期")
        ),
        "place": Wordings(
            words("应到|到庭|开庭|出庭|庭审|报到|到案|到院|审判|传唤|应到庭|听证|谈话|询问|调解|到场", _WHERE),
            words("地点|法庭|处所|场所"),
        ),
    },
    "delivery_receipt": {
        "case_number": _CASE,
        "cause": _CAUSE,
        "addressee": Wordings(
            words(_RECEIVERS, _WHO) | words("受送达单位", "或|及|(", "个人|人)") | words("送达对象|受送达的当事人"),
            words("收件人|收件人姓名|当事人|当事人姓名|收件单位"),
        ),
        "documents": Wordings(
            words("|应|所|已|"
                "拟", "送达", "|的|诉讼|法律|"
                    "司法", "文书|材料|"
                        "文件", "|名称|的名称|种类|"
                            "清单", "|和件数|及件数|、件数|及份数|和份数|与件数|、份数|件数|(件数)")
            | words("|诉讼|法律|司法", "文书", "名称|名称和件数|名称及件数|名称及份数|种类")
        ),
        "address": Wordings(
            words("送达|受送达人|收件|邮寄|投递|受送达", "地址|地点|处所|场所|住址|住所|住所地"), _ADDRESS
        ),
        "delivery_method": Wordings(words("|采用的|文书", "送达", "方式|方法|形式|类型|种类")),
        "delivered_on": Wordings(
            words("收到|签收|收件|送达成功|受送达人签收|受送达人收到|送达签收|接收|"
                "领取", "日期|时间|年月日"), words("送达", "日期|时间|年月日")
        ),
    },
    "fee_notice": {
        "case_number": _CASE,
        "payer": Wordings(
            words("交款|缴款|交费|缴费|交纳|缴纳|预交|预缴|应交费|应缴费|付款|缴款义务|缴费义务|交费义务|"
                "缴付", "人|单位|当事人|方|单位或个人|单位(个人)|单位/个人|单位(人)", _WHO),
            words("当事人|原告|申请人|上诉人|反诉人|被通知人|申请执行人", _WHO),
        ),
        "amount_fen": Wordings(
            words("|应交|应缴|费用|金额|应交金额|应缴金额|缴费|"
                "交费", "合计|总计|共计", "|金额|费用|(元)") | words("合计|总计", "应交|应缴", "|金额|费用"),
            words(_FEES, _SUM, "|(小写)|小写|(元)") | words("|小写", "金额", "|(小写)|小写|(元)")
            | words("案件受理费|诉讼费|诉讼费用|受理费|保全费|申请费|小写|(小写)|应缴款|应交款|金额小计"),
        ),
        "capitals": Wordings(_CAPITALS | words(_FEES, "金额|费用", "(大写)|大写")),
        "pay_within_days": Wordings(
            words("交费|缴费|缴款|交纳|缴纳|预交|交款|付款|支付|"
                "履行", "期限|时限|时间|期间|截止时间|截止日期"), words("期限")
        ),
    },
    "bank_receipt": {
        "serial_number": Wordings(
            words("|"
                "电子", "回单", "编号|号|号码|"
                    "流水号") | words("|交易|业务|平台|渠道|记账|系统|转账|银行|核心|柜员", "流水", "|号|号码|编号")
            | words("凭证|业务|交易|转账|支付|订单", "号|号码|编号|单号|序号|参考号")
        ),
        "paid_on": Wordings(
            words("交易|记账|入账|转账|付款|汇款|支付|业务|处理|到账|会计|完成|结算|划款|扣款|交易完成|交易发生|"
                "清算", _OF_DAY),
            words("日期|时间|回单日期"),
        ),
        "payer": Wordings(words(_PAY, _SIDE, _NAMED), words("付款|汇款|转出|付|汇出|出款|打款|出票|"
            "借", "人|方|单位|账户")),
        "payer_account": Wordings(words(_PAY, _SIDE, _NUMBERED)),
        "payee": Wordings(words(_GET, _SIDE, _NAMED), words("收款|转入|收|汇入|贷", "人|方|单位|账户")),
        "payee_account": Wordings(words(_GET, _SIDE, _NUMBERED)),
        "amount_fen": Wordings(
            words("|交易|转账|付款|汇款|支付|小写|人民币|到账|实际|划款|发生|本次|入账|"
                "结算", "金额", "|(小写)|小写|(元)|:小写") | words("发生额|交易额|小写|(小写)|汇款额|转账额")
        ),
        "capitals": Wordings(_CAPITALS | words("交易|转账|付款|汇款|"
            "支付", "金额", "(大写)|大写") | words("大写(人民币)")),
        "purpose": Wordings(words("用途|摘要|附言|交易附言|交易用途|转账附言|备注|付款用途|汇款用途|款项用途|留言|"
            "转账备注")),
        "name_of_side": Wordings(words(_NAMED)),
        "account_of_side": Wordings(words(_NUMBERED)),
    },
    "vat_invoice": {
        "tax_fen": Wordings(words("税额合计|增值税税额|合计税额|税额(小写)|总税额|税额总计")),
        "invoice_code": Wordings(words("发票代码"), words("代码")),
        "invoice_number": Wordings(words("|数电|电子|全电|数电票|数电发票|"
            "电子发票", "发票号码|发票号|票号码") | words("数电票号码|电子发票号码"), words("号码")),
        "issued_on": Wordings(words("开票|开具|填开|出票", _OF_DAY), words("日期")),
        "buyer": Wordings(words("购买|购|购货|买|受票|采购", "方|单位|人|方信息", "名称|全称|户名|姓名")),
        "seller": Wordings(words("销售|销|销货|卖|开票|供应", "方|单位|人|方信息", "名称|全称|户名")),
        "name_of_side": Wordings(words("名称|全称|单位名称")),
        "code_of_side": Wordings(
            words("|购方|购买方|销方|销售方|购货方|销货方|购买方信息|买方|"
                "卖方", "纳税人识别号|统一社会信用代码/纳税人识别号|统一社会信用代码|税号|纳税识别号|纳税人识别码|"
                    "信用代码|纳税人登记号|纳税人识别号/统一社会信用代码|社会信用代码/纳税人识别号")
        ),
        "amount_fen": Wordings(words("|价税合计|合计金额|金额合计|合计", "(小写)|小写"), words("价税合计")),
    },
    "iou": {
        "lender": Wordings(
            words("甲方|乙方", "(", "出借人|债权人|贷款人|出借方", ")") |
           words("出借|债权|贷款|借出", "人|方", "|姓名|(甲方)|名称") | words("债主")),
        "borrower": Wordings(
            words("甲方|乙方", "(", "借款人|债务人|借款方|欠款人", ")") |
            words("借款|债务|欠款|借入|借到|立据|具条|今借|还款|立借据|欠条|"
                "借条", "人|方", "|姓名|(乙方)|(签名)|签名|签字|名称")
        ),
        "amount_fen": Wordings(words("借款|欠款|本金|借贷|借款本金|"
            "欠款本金", "金额|数额|本金|"
                "总额|") - words("借款|欠款"), words("金额|本金|小写|(小写)|金额(小写)|小写金额")),
        "capitals": Wordings(_CAPITALS | words("借款金额", "(大写)|大写")),
        "due_on": Wordings(words("|约定|应|最迟|"
            "最后", "还款|归还|偿还|到期|还清", "日期|日|时间|期限|日期为") | words("到期")),
        "term": Wordings(words("借款|借用|借贷", "期限|期间|起止日期|起止时间") | words("借期")),
        "id_number": Wordings(_ID),
        "signed_on": Wordings(words("借款|立据|签署|出具|签订|借条", "日期|时间"), words("日期|时间")),
    },
    "power_of_attorney": {
        "principal": Wordings(
            words("委托|授权", "人|方|单位|者", _WHO + "|(姓名或名称)"),
        ),
        "agent": Wordings(
            words("受|受委|被委|受委托|被|"
                "受托", "托|", "人|方|律师|"
                    "代理人", _WHO) | words("受托|受委托|被委托|被授权|委托代理|诉讼代理|代理|委托诉讼代理|"
                        "受委托代理", "人|律师|方", _WHO)
        ),
        "firm": Wordings(
            words("|工作|所在|执业|所属", "单位|机构|律所|律师事务所|执业机构", "|名称") | words("执业律所|单位全称")
        ),
        "id_number": Wordings(_ID),
        "party": Wordings(words("姓名|名称|姓名或名称|姓名/名称")),
        "cause": Wordings(words("|案件|立案", "案由", "|名称"), words("案件名称")),
        "scope": Wordings(words("|委托|授权|代理|委托代理|代理人|"
            "委托的", "权限|事项和权限|范围|代理权限|授权权限|权限范围")),
    },
    "judgment": {
        "plaintiff": Wordings(words("原告|上诉人|申请人|申请执行人|再审申请人|"
            "申诉人", "|姓名|名称|姓名或名称|(姓名或名称)|信息")),
        "defendant": Wordings(words("被告|被上诉人|被申请人|被执行人|被申诉人|"
            "被告人", "|姓名|名称|姓名或名称|(姓名或名称)|信息")),
        "cause": _CAUSE,
    },
    "contract": {
        "party": Wordings(words("姓名|名称|单位名称|全称|姓名/名称|公司名称|企业名称|姓名或名称|名称/姓名")),
        "money": Wordings(
            words("|合同|协议|交易|成交|工程|转让|借款|"
                "租赁", "金额|总价|总金额|价款|总价款|总额|价格", "|(小写)|(元)|(含税)")
            | words("租金|月租金|年租金|租金总额|服务费|服务费用|报酬|工资|月工资|借款本金|货款|转让款|成交价")
        ),
        "side": Wordings(
            words("甲方|"
                "乙方", "|名称|姓名|单位|全称|单位名称|"
                    "姓名/名称") | words("甲方|乙方", "/|、", _ROLES) | words("甲方|乙方", _ROLES)
        ),
        "role": Wordings(words(_ROLES, "|名称|姓名|单位")),
        "valid_from": Wordings(words("|合同|租赁|服务|合作|协议", "开始|起始|生效|起租|起", "日期|时间|日")),
        "valid_to": Wordings(words("|合同|租赁|服务|合作|协议", "结束|终止|截止|届满|到期|止", "日期|时间|日")),
    },
}  # fmt: skip
