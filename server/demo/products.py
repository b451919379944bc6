"""The demo office's catalogue (C1). Texts are what clients read; prices are in fen."""

from schemas.enums import OrderStatus
from services.orders.products import FormField, ProductSpec, Promise
from services.readings.suggesting import PARTIES

HOUR = 60
DAY = 24 * HOUR

_PHONE = FormField("contact_phone", "联系电话", "phone", required=False, max_length=11, hint="方便律师与您联系")
# Who stands on a client's papers beside them. An identity card is the client's own, as a rule.
_OTHERS = tuple(field for field in PARTIES if field != "name")
_ACCEPT = Promise("accept", "律师 30 分钟内接单", OrderStatus.PAID, OrderStatus.IN_SERVICE, 30)


def _deliver(title: str, minutes: int) -> Promise:
    return Promise("deliver", title, OrderStatus.IN_SERVICE, OrderStatus.DELIVERED, minutes)


PRODUCTS: tuple[ProductSpec, ...] = (
    ProductSpec(
        code="consultation",
        name="图文法律咨询",
        kind="consultation",
        summary="执业律师一对一解答，图文、语音都可以",
        description=(
            "把遇到的问题说清楚，附上合同、聊天记录或照片，律师会逐条分析、告诉您法律上怎么看、下一步怎么做。"
            "婚姻家事、劳动工伤、借贷纠纷、房产、交通事故等均可咨询。"
        ),
        price_fen=49_00,
        promises={"response": "24 小时内答复", "follow_up": "3 天内可免费追问", "refund": "律师接单前可全额退款"},
        steps=("填写情况", "分配律师", "律师解答", "确认并评价"),
        form=(
            FormField(
                "topic",
                "问题类型",
                "choice",
                required=True,
                choices=("婚姻家事", "劳动工伤", "借贷纠纷", "房产", "交通事故", "公司经营", "其他"),
            ),
            FormField("wish", "希望解决什么", "text", max_length=100, hint="例如：想要回押金"),
            _PHONE,
        ),
        deadlines=(_ACCEPT, _deliver("24 小时内答复", DAY)),
    ),
    ProductSpec(
        code="contract_review",
        name="合同审核",
        kind="contract_review",
        summary="逐条审阅，标出风险并给出修改建议",
        description=(
            "上传合同（照片、PDF 或 Word 均可），律师从主体、价款、违约责任、争议解决等方面逐条审阅，"
            "标出对您不利或含糊的条款，给出可以直接使用的修改文字，并附一份风险提示。"
        ),
        price_fen=299_00,
        promises={"delivery": "24 小时内交付", "revision": "3 天内免费修改，不限次数", "refund": "交付前可申请退款"},
        steps=("填写需求", "上传合同", "律师审核", "交付意见", "确认并评价"),
        form=(
            FormField(
                "contract_type",
                "合同类型",
                "choice",
                required=True,
                choices=("买卖", "租赁", "借款", "劳动", "服务", "股权", "其他"),
            ),
            FormField("position", "您是合同的哪一方", "text", required=True, max_length=50, hint="例如：承租方、甲方"),
            FormField("concern", "最担心的地方", "textarea", max_length=500),
            _PHONE,
        ),
        deadlines=(_ACCEPT, _deliver("24 小时内交付审核意见", DAY)),
    ),
    ProductSpec(
        code="drafting",
        name="文书代写",
        kind="drafting",
        summary="起诉状、答辩状、申请书、协议书，律师执笔",
        description="律师根据您的陈述和材料起草诉讼文书或协议，说明需要准备的证据，并告诉您交到哪里、怎么交。",
        price_fen=399_00,
        promises={"delivery": "48 小时内交付", "revision": "5 天内免费修改，不限次数", "refund": "交付前可申请退款"},
        steps=("填写情况", "分配律师", "律师起草", "交付文书", "确认并评价"),
        form=(
            FormField(
                "document_type",
                "文书类型",
                "choice",
                required=True,
                choices=("起诉状", "答辩状", "上诉状", "财产保全申请书", "和解协议", "其他"),
            ),
            FormField("other_party", "对方姓名或名称", "text", required=True, max_length=100, filled_by=_OTHERS),
            FormField(
                "claim", "您的请求", "textarea", required=True, max_length=1000, hint="例如：归还借款 5 万元及利息"
            ),
            _PHONE,
        ),
        deadlines=(_ACCEPT, _deliver("48 小时内交付文书", 2 * DAY)),
    ),
    ProductSpec(
        code="lawyer_letter",
        name="律师函",
        kind="lawyer_letter",
        summary="律师出具并寄送，催款、停止侵权、解除合同",
        description="律师核对事实和证据后出具律师函，由律师事务所盖章，按您提供的地址以快递寄出，寄送凭证回传到案件空间。",
        price_fen=599_00,
        promises={"delivery": "48 小时内寄出", "revision": "寄出前可修改，不限次数", "refund": "寄出前可申请退款"},
        steps=("填写情况", "分配律师", "起草并由您确认", "盖章寄出", "确认并评价"),
        form=(
            FormField(
                "purpose",
                "发函目的",
                "choice",
                required=True,
                choices=("催款", "停止侵权", "解除合同", "履行义务", "其他"),
            ),
            FormField("recipient", "收件人姓名或名称", "text", required=True, max_length=100, filled_by=_OTHERS),
            FormField("address", "收件地址", "text", required=True, max_length=200),
            FormField("recipient_phone", "收件人电话", "phone", required=False, max_length=11),
        ),
        deadlines=(_ACCEPT, _deliver("48 小时内寄出", 2 * DAY)),
    ),
    ProductSpec(
        code="meeting",
        name="律师见面",
        kind="meeting",
        summary="到律所或约定地点，与律师面谈一小时",
        description="复杂的事当面谈。律师会提前阅读您的材料，面谈后在案件空间里给出书面要点。",
        price_fen=800_00,
        promises={"booking": "24 小时内确认时间地点", "duration": "面谈 1 小时", "refund": "见面前可申请退款"},
        steps=("填写需求", "分配律师", "约定时间地点", "见面", "书面要点", "确认并评价"),
        form=(
            FormField("city", "所在城市", "text", required=True, max_length=50),
            FormField("time", "方便的时间", "text", required=True, max_length=100, hint="例如：工作日下午"),
            FormField(
                "contact_phone",
                "联系电话",
                "phone",
                required=True,
                max_length=11,
                hint="用于约定见面时间，仅本单律师可见",
            ),
        ),
        deadlines=(_ACCEPT, _deliver("7 天内见面并给出要点", 7 * DAY)),
    ),
    ProductSpec(
        code="negotiation",
        name="陪同谈判",
        kind="negotiation",
        summary="律师陪您谈：薪酬补偿、债务、分手协议、商务条款",
        description="谈判前律师帮您理清底线和筹码，谈判时在场把关，谈成后当场整理书面协议。",
        price_fen=1_980_00,
        promises={
            "booking": "24 小时内确认时间地点",
            "duration": "陪同不超过 3 小时",
            "refund": "谈判开始前可申请退款",
        },
        steps=("填写需求", "分配律师", "准备方案", "陪同谈判", "整理协议", "确认并评价"),
        form=(
            FormField("city", "谈判地点所在城市", "text", required=True, max_length=50),
            FormField("counterpart", "对方是谁", "text", required=True, max_length=100, filled_by=_OTHERS),
            FormField("goal", "希望谈成什么", "textarea", required=True, max_length=500),
            FormField("contact_phone", "联系电话", "phone", required=True, max_length=11),
        ),
        deadlines=(_ACCEPT, _deliver("10 天内完成", 10 * DAY)),
    ),
    ProductSpec(
        code="filing_acceleration",
        name="A 包 · 立案加速",
        kind="filing_acceleration",
        summary="材料核对、网上立案、跟进到法院出具回执",
        description="核对诉状、证据和主体材料，代为网上提交立案，补正一次到位，全程跟进直到取得法院的收件回执。",
        price_fen=399_00,
        promises={"receipt": "48 小时内取得法院回执", "refund": "未在时限内取得回执可退款"},
        steps=("填写案情", "核对材料", "网上立案", "取得回执", "确认并评价"),
        form=(
            FormField("court", "拟立案的法院", "text", required=True, max_length=100, filled_by=("court",)),
            FormField(
                "cause", "案由", "text", required=True, max_length=100, hint="例如：民间借贷纠纷", filled_by=("cause",)
            ),
            FormField("amount_in_dispute", "争议金额（元）", "text", max_length=20, filled_by=("amount_fen",)),
            FormField("other_party", "对方姓名或名称", "text", required=True, max_length=100, filled_by=_OTHERS),
            _PHONE,
        ),
        deadlines=(_ACCEPT, _deliver("48 小时内取得法院回执", 2 * DAY)),
    ),
    ProductSpec(
        code="service_watch",
        name="B 包 · 送达监控",
        kind="service_watch",
        summary="每天两次查询送达，一有动静短信加电话通知",
        description="每天上午、下午各查询一次法院的送达与开庭信息，每次命中都用短信和电话通知您，并在案件空间留下记录。",
        price_fen=199_00,
        promises={"checks": "每天查询 2 次", "alert": "每次命中短信 + 电话通知", "refund": "开始监控前可全额退款"},
        steps=("填写案件", "开始监控", "命中通知", "监控报告", "确认并评价"),
        form=(
            FormField(
                "case_number",
                "案号",
                "text",
                required=True,
                max_length=60,
                hint="例如：（2026）京0105民初12345号",
                filled_by=("case_number",),
            ),
            FormField("court", "法院", "text", required=True, max_length=100, filled_by=("court",)),
            FormField("contact_phone", "接收通知的手机号", "phone", required=True, max_length=11),
        ),
        deadlines=(_ACCEPT, _deliver("30 天监控期结束后出具报告", 31 * DAY)),
    ),
    ProductSpec(
        code="closing_file",
        name="C 包 · 结案归档",
        kind="closing_file",
        summary="裁判文书生效后，整卷装订并寄到您手上",
        description="收集裁判文书、生效证明、缴费凭证和往来材料，编目、装订成卷，裁判生效后 7 天内寄出，并附电子卷。",
        price_fen=299_00,
        promises={"posting": "生效后 7 天内装订寄出", "copy": "附电子卷一份", "refund": "装订前可申请退款"},
        steps=("填写案件", "收集材料", "编目装订", "寄出", "确认并评价"),
        form=(
            FormField("case_number", "案号", "text", required=True, max_length=60, filled_by=("case_number",)),
            FormField("court", "法院", "text", required=True, max_length=100, filled_by=("court",)),
            FormField("address", "收件地址", "text", required=True, max_length=200),
            FormField("contact_phone", "收件电话", "phone", required=True, max_length=11),
        ),
        deadlines=(_ACCEPT, _deliver("7 天内装订寄出", 7 * DAY)),
    ),
)
