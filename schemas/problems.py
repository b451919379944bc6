"""Every error the product can answer, in one table: stable code → what kind it is and what the user reads.

The codes are part of the public contract: add, never rename. ``errcode`` is the number that mini-program
code written in WeChat's own style looks at; it is as stable as the code. It begins with the HTTP status: two digits
follow, or three where those are used up (409100 follows 40999), so that old numbers stay as they are.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The nature of an error; each edge maps it once (HTTP status, socket acknowledgement)."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD = "method"
    CONFLICT = "conflict"
    GONE = "gone"
    PRECONDITION = "precondition"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    UNPROCESSABLE = "unprocessable"
    RANGE = "range"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class ProblemType:
    code: str
    kind: Kind
    errcode: int
    title: str  # Chinese, shown to the user
    retryable: bool = False


_TABLE = (
    # request
    ProblemType("request.bad_json", Kind.INVALID, 40001, "请求内容不是有效的 JSON"),
    ProblemType("request.invalid", Kind.UNPROCESSABLE, 40002, "请求内容有误"),
    ProblemType("request.not_found", Kind.NOT_FOUND, 40400, "没有这个地址"),
    ProblemType("request.method", Kind.METHOD, 40500, "不支持这种请求方式"),
    ProblemType("request.too_large", Kind.TOO_LARGE, 41300, "内容太大"),
    ProblemType("request.content_type", Kind.UNSUPPORTED, 41500, "请求的内容类型不支持"),
    ProblemType("request.changed_meanwhile", Kind.PRECONDITION, 41200, "内容已被他人修改，请刷新后再试"),
    ProblemType("request.if_match_missing", Kind.INVALID, 40003, "缺少 If-Match"),
    ProblemType("request.range", Kind.RANGE, 41600, "请求的范围无效"),
    ProblemType("request.rate_limited", Kind.RATE_LIMITED, 42900, "操作太频繁，请稍后再试", True),
    ProblemType("request.unknown_event", Kind.NOT_FOUND, 40401, "没有这个事件"),
    ProblemType("server.internal", Kind.INTERNAL, 50000, "服务出错了，我们已经记录", True),
    ProblemType("server.unavailable", Kind.UNAVAILABLE, 50300, "服务暂时不可用，请稍后重试", True),
    ProblemType("provider.unavailable", Kind.UNAVAILABLE, 50301, "外部服务暂时不可用，请稍后重试", True),
    # idempotency
    ProblemType("idempotency.key_missing", Kind.INVALID, 40010, "缺少 Idempotency-Key"),
    ProblemType("idempotency.running", Kind.CONFLICT, 40910, "同一请求正在处理", True),
    ProblemType("idempotency.key_reused", Kind.UNPROCESSABLE, 42210, "Idempotency-Key 已用于另一个请求"),
    ProblemType("idempotency.answer_expired", Kind.GONE, 41010, "这次支付已失效，请重新发起"),
    # sign-in
    ProblemType("auth.required", Kind.UNAUTHENTICATED, 40100, "请先登录"),
    ProblemType("auth.token_invalid", Kind.UNAUTHENTICATED, 40101, "登录信息无效，请重新登录"),
    ProblemType("auth.token_expired", Kind.UNAUTHENTICATED, 40102, "登录已过期"),
    ProblemType("auth.session_revoked", Kind.UNAUTHENTICATED, 40103, "登录已失效，请重新登录"),
    ProblemType("auth.code_invalid", Kind.UNAUTHENTICATED, 40104, "登录凭证无效或已使用"),
    ProblemType("auth.sms_code_invalid", Kind.UNAUTHENTICATED, 40105, "验证码不正确或已过期"),
    ProblemType("auth.credentials_invalid", Kind.UNAUTHENTICATED, 40106, "账号或密码不正确"),
    ProblemType("auth.otp_required", Kind.UNAUTHENTICATED, 40107, "请输入动态验证码"),
    ProblemType("auth.otp_invalid", Kind.UNAUTHENTICATED, 40108, "动态验证码不正确"),
    ProblemType("auth.refresh_invalid", Kind.UNAUTHENTICATED, 40109, "登录已失效，请重新登录"),
    ProblemType("auth.refresh_reused", Kind.UNAUTHENTICATED, 40110, "登录状态异常，请重新登录"),
    ProblemType("auth.forbidden", Kind.FORBIDDEN, 40300, "没有权限进行此操作"),
    ProblemType("auth.account_disabled", Kind.FORBIDDEN, 40301, "账号已停用"),
    ProblemType("auth.account_conflict", Kind.CONFLICT, 40901, "该手机号已属于另一个账号，请联系客服合并"),
    ProblemType("auth.identity_exists", Kind.CONFLICT, 40902, "账号已绑定其他手机号"),
    ProblemType("auth.too_many_attempts", Kind.RATE_LIMITED, 42901, "尝试次数过多，请稍后再试", True),
    ProblemType("auth.ticket_invalid", Kind.FORBIDDEN, 40302, "链接无效或已过期"),
    ProblemType("account.not_found", Kind.NOT_FOUND, 40402, "没有这个账号"),
    ProblemType("account.login_taken", Kind.CONFLICT, 40903, "登录名已被使用"),
    # products, orders, payments
    ProblemType("product.not_found", Kind.NOT_FOUND, 40410, "没有这项服务"),
    ProblemType("order.not_found", Kind.NOT_FOUND, 40411, "没有这个订单"),
    ProblemType("order.wrong_state", Kind.CONFLICT, 40920, "订单当前状态不能进行此操作"),
    ProblemType("order.already_paid", Kind.CONFLICT, 40921, "订单已支付"),
    ProblemType("order.need_invalid", Kind.UNPROCESSABLE, 42220, "需求信息填写有误"),
    ProblemType("order.lawyer_unavailable", Kind.CONFLICT, 40922, "该律师当前无法接单"),
    ProblemType("order.coupon_invalid", Kind.UNPROCESSABLE, 42221, "优惠券不可用"),
    ProblemType("order.lawyer_unverified", Kind.CONFLICT, 40928, "完成律师执业认证后才能接单"),
    ProblemType("order.price_changed", Kind.CONFLICT, 40923, "价格有变化，请重新确认"),
    ProblemType("payment.not_needed", Kind.CONFLICT, 40984, "无需支付，正在确认"),
    ProblemType("company.not_found", Kind.NOT_FOUND, 40483, "没有这家企业"),
    ProblemType("company.exists", Kind.CONFLICT, 40985, "该企业已存在"),
    ProblemType("company.balance_short", Kind.CONFLICT, 40986, "企业预付余额不足"),
    ProblemType("company.allowance_short", Kind.CONFLICT, 40917, "超出企业管理员给您的可用额度"),
    ProblemType("company.member_not_found", Kind.NOT_FOUND, 40484, "没有这位成员，或其手机号尚未注册"),
    ProblemType("company.last_admin", Kind.CONFLICT, 40987, "企业至少要有一位管理员"),
    ProblemType("top_up.not_found", Kind.NOT_FOUND, 40485, "没有这笔充值"),
    ProblemType("top_up.wrong_state", Kind.CONFLICT, 40988, "这笔充值已处理"),
    ProblemType("top_up.same_person", Kind.CONFLICT, 40989, "须由另一位工作人员复核"),
    ProblemType("top_up.own_company", Kind.FORBIDDEN, 40381, "本企业的人员不能登记或复核本企业的转账"),
    ProblemType("top_up.reference_used", Kind.CONFLICT, 40990, "这笔银行流水已登记"),
    ProblemType("quote.wrong_state", Kind.CONFLICT, 40991, "报价当前状态不能进行此操作"),
    ProblemType("quote.already_paid", Kind.CONFLICT, 40992, "报价已支付"),
    ProblemType("tip.not_possible", Kind.CONFLICT, 40993, "服务确认完成后才能打赏"),
    ProblemType("tip.already_paid", Kind.CONFLICT, 40994, "这笔打赏已支付"),
    ProblemType("coupon.not_found", Kind.NOT_FOUND, 40480, "没有这张优惠券，或兑换码无效"),
    ProblemType("coupon.code_taken", Kind.CONFLICT, 40980, "这个优惠券代码已被使用"),
    ProblemType("coupon.none_left", Kind.CONFLICT, 40981, "优惠券已领完"),
    ProblemType("coupon.limit_reached", Kind.CONFLICT, 40982, "您已领取过这张优惠券"),
    ProblemType("campaign.waiting", Kind.CONFLICT, 40914, "该活动尚待另一位工作人员复核"),
    ProblemType("campaign.not_waiting", Kind.CONFLICT, 40915, "该活动不在待复核状态"),
    ProblemType("campaign.same_person", Kind.CONFLICT, 40916, "须由发起人以外的工作人员复核"),
    ProblemType("campaign.own", Kind.FORBIDDEN, 40380, "不能领取自己发起、复核或制作的优惠"),
    ProblemType("subsidy.not_found", Kind.NOT_FOUND, 40481, "没有这项补贴"),
    ProblemType("subsidy.exhausted", Kind.CONFLICT, 40983, "补贴已用完"),
    ProblemType("quote.not_found", Kind.NOT_FOUND, 40482, "没有这份报价"),
    ProblemType("payment.wechat_required", Kind.CONFLICT, 40930, "请在微信小程序内支付"),
    ProblemType("payment.refused", Kind.UNPROCESSABLE, 42230, "微信支付未受理"),
    ProblemType("payment.notification_rejected", Kind.UNAUTHENTICATED, 40130, "通知验证失败"),
    ProblemType("payment.amount_mismatch", Kind.CONFLICT, 40931, "支付金额与订单不符"),
    ProblemType("payment.payer_mismatch", Kind.CONFLICT, 40937, "付款人与下单人不符"),
    ProblemType("payment.unknown", Kind.NOT_FOUND, 40430, "没有这笔支付"),
    ProblemType("refund.amount_invalid", Kind.UNPROCESSABLE, 42231, "退款金额有误"),
    ProblemType("receipt.not_found", Kind.NOT_FOUND, 40433, "没有这张凭证，或校验码不对"),
    ProblemType("receipt.not_yet", Kind.CONFLICT, 40933, "款项尚未到账，还没有凭证"),
    ProblemType("finance.no_account", Kind.UNPROCESSABLE, 42235, "没有这类科目"),
    ProblemType("finance.span_invalid", Kind.UNPROCESSABLE, 42236, "日期范围有误，最多 31 天"),
    ProblemType("reconciliation.not_found", Kind.NOT_FOUND, 40434, "这一天还没有对账"),
    ProblemType("reconciliation.no_bill", Kind.CONFLICT, 40934, "这一天的账单还没有取得"),
    ProblemType("refund.needs_review", Kind.CONFLICT, 40939, "服务已进行或已交付，请提交售后申请，由客服处理"),
    ProblemType("dispute.not_found", Kind.NOT_FOUND, 40436, "没有这个售后申请"),
    ProblemType("dispute.wrong_state", Kind.CONFLICT, 40935, "该售后申请当前不能这样处理"),
    ProblemType("dispute.open_already", Kind.CONFLICT, 40936, "已有同类售后申请在处理中"),
    ProblemType("dispute.same_person", Kind.CONFLICT, 40938, "提出处理方案的人不能复核自己的方案"),
    ProblemType("invoice.not_found", Kind.NOT_FOUND, 40437, "没有这张发票"),
    ProblemType("invoice.exists", Kind.CONFLICT, 40948, "这笔支付已申请发票"),
    ProblemType("invoice.nothing_left", Kind.CONFLICT, 40949, "款项已全部退回，无需开票"),
    ProblemType("invoice.no_file", Kind.CONFLICT, 40958, "发票文件暂不可用"),
    ProblemType("invoice.wrong_state", Kind.CONFLICT, 40959, "该发票当前不能这样处理"),
    ProblemType("work_item.not_found", Kind.NOT_FOUND, 40432, "没有这个工单"),
    ProblemType("work_item.already_done", Kind.CONFLICT, 40932, "该工单已处理"),
    # firms and settlement
    ProblemType("firm.not_found", Kind.NOT_FOUND, 40451, "没有这家律所"),
    ProblemType("firm.exists", Kind.CONFLICT, 40951, "该律所已登记"),
    ProblemType("firm.nothing_wanted", Kind.CONFLICT, 409140, "没有待复核的商户号"),
    ProblemType("firm.same_person", Kind.CONFLICT, 409141, "须由录入人以外的工作人员复核"),
    ProblemType("firm.own", Kind.FORBIDDEN, 40351, "本所人员不能复核本所的收款商户号"),
    ProblemType("settlement.not_found", Kind.NOT_FOUND, 40452, "没有这份结算单"),
    ProblemType("settlement.wrong_state", Kind.CONFLICT, 40952, "结算单当前状态不能进行此操作"),
    ProblemType("settlement.same_approver", Kind.CONFLICT, 40953, "需要由另一位同事复核"),
    ProblemType("settlement.own_firm", Kind.FORBIDDEN, 40350, "本所人员不能审核或支付本所的结算单"),
    ProblemType("settlement.rules_retroactive", Kind.UNPROCESSABLE, 42255, "结算规则只能从将来的时间起生效"),
    ProblemType("settlement.no_receiver", Kind.CONFLICT, 40954, "律所没有可用的分账接收商户号"),
    ProblemType("settlement.nothing_shareable", Kind.CONFLICT, 40955, "没有可以分账的支付，请线下结算"),
    ProblemType("settlement.nothing_to_give_back", Kind.CONFLICT, 40956, "没有可以回退的分账"),
    ProblemType("settlement.reference_used", Kind.CONFLICT, 40957, "该银行流水号已登记"),
    ProblemType("penalty.not_found", Kind.NOT_FOUND, 40453, "没有这笔扣款"),
    ProblemType("penalty.unknown_cause", Kind.UNPROCESSABLE, 42256, "现行规则中没有这种扣款"),
    # spaces, messages, files
    ProblemType("space.not_found", Kind.NOT_FOUND, 40420, "没有这个案件空间"),
    ProblemType("space.closed", Kind.CONFLICT, 40940, "案件空间已关闭"),
    ProblemType("space.still_needed", Kind.CONFLICT, 409142, "订单、售后、报价、庭审或笔录尚未办结，暂不能关闭"),
    ProblemType("space.is_open", Kind.CONFLICT, 409143, "案件空间没有关闭，可以直接留言"),
    ProblemType("space.member_not_found", Kind.NOT_FOUND, 40425, "没有这位成员"),
    ProblemType("space.member_exists", Kind.CONFLICT, 40944, "已是成员，且身份不同"),
    ProblemType("space.member_fixed", Kind.CONFLICT, 40945, "客户和承办律师不能移出案件空间"),
    ProblemType("space.member_unsuitable", Kind.UNPROCESSABLE, 42241, "此人不能以该身份加入案件空间"),
    ProblemType("message.not_found", Kind.NOT_FOUND, 40421, "没有这条消息"),
    ProblemType("message.invalid", Kind.UNPROCESSABLE, 42240, "消息内容有误"),
    ProblemType("message.type_forbidden", Kind.FORBIDDEN, 40340, "不能发送这种消息"),
    ProblemType("message.id_reused", Kind.CONFLICT, 40941, "消息编号已用于另一条消息"),
    ProblemType("message.too_late", Kind.CONFLICT, 40942, "超过时限，不能撤回"),
    ProblemType("file.not_found", Kind.NOT_FOUND, 40422, "没有这个文件"),
    ProblemType("file.no_page", Kind.NOT_FOUND, 40423, "没有这一页，或这种文件不能按页显示"),
    ProblemType("file.too_large", Kind.TOO_LARGE, 41310, "文件太大"),
    ProblemType("file.empty", Kind.UNPROCESSABLE, 42250, "文件是空的"),
    ProblemType("file.type_refused", Kind.UNSUPPORTED, 41510, "不支持这种文件"),
    ProblemType("file.type_mismatch", Kind.UNPROCESSABLE, 42251, "文件内容与类型不符"),
    ProblemType("file.size_mismatch", Kind.UNPROCESSABLE, 42252, "文件大小与声明不符"),
    ProblemType("file.hash_mismatch", Kind.UNPROCESSABLE, 42253, "文件校验值与声明不符"),
    ProblemType("file.not_uploaded", Kind.CONFLICT, 40950, "文件还没有上传完成", True),
    ProblemType("file.damaged", Kind.UNPROCESSABLE, 42254, "文件已损坏，无法读取"),
    ProblemType("file.gone", Kind.GONE, 41050, "文件已删除"),
    ProblemType("content.purged", Kind.GONE, 41051, "内容已依法清除"),
    ProblemType("record.broken", Kind.INTERNAL, 50010, "案件记录校验未通过，我们已经记录"),
    # readings of papers
    ProblemType("reading.not_found", Kind.NOT_FOUND, 40470, "没有这份识别结果"),
    ProblemType("reading.not_done", Kind.CONFLICT, 40971, "识别还没有完成", True),
    ProblemType("reading.confirmed_meanwhile", Kind.CONFLICT, 409101, "刚刚有人核对过，请查看最新内容后再确认", True),
    ProblemType("reading.confirmed_too_often", Kind.CONFLICT, 409102, "这份资料更正的次数太多，请重新识别"),
    ProblemType("reading.no_picture", Kind.NOT_FOUND, 40471, "没有可以显示的图像"),
    ProblemType("reading.empty_file", Kind.UNPROCESSABLE, 42270, "文件是空的，无法识别"),
    ProblemType("reading.file_too_large", Kind.TOO_LARGE, 41370, "文件太大，无法识别"),
    ProblemType("reading.type_unsupported", Kind.UNSUPPORTED, 41570, "只能识别图片和 PDF"),
    ProblemType("reading.file_broken", Kind.UNPROCESSABLE, 42271, "文件已损坏，无法识别"),
    ProblemType("reading.image_too_large", Kind.TOO_LARGE, 41371, "图片像素过大，无法识别"),
    ProblemType("reading.animated", Kind.UNPROCESSABLE, 42272, "不能识别动图，请上传静态图片"),
    ProblemType("reading.file_locked", Kind.UNPROCESSABLE, 42273, "文件有密码，请去掉密码后重新上传"),
    ProblemType("reading.too_many_pages", Kind.TOO_LARGE, 41372, "页数太多，请分开上传"),
    ProblemType("reading.too_costly", Kind.UNPROCESSABLE, 42274, "页面过于复杂，无法识别"),
    ProblemType("reading.timed_out", Kind.UNPROCESSABLE, 42275, "识别超时，请换一张更清晰的照片", True),
    ProblemType("reading.failed", Kind.UNPROCESSABLE, 42276, "识别没有成功，请手工填写", True),
    ProblemType("reading.queue_full", Kind.RATE_LIMITED, 42970, "正在识别的文件太多，请稍后再试", True),
    ProblemType("draft.full", Kind.CONFLICT, 40943, "一次最多添加 6 份资料，请先清除"),
    ProblemType("reading.unavailable", Kind.UNAVAILABLE, 50370, "暂时不能识别，请手工填写", True),
    # who people are
    ProblemType("verification.not_found", Kind.NOT_FOUND, 40473, "没有这项认证"),
    ProblemType("verification.wrong_state", Kind.CONFLICT, 40975, "这项认证当前不能这样处理，请刷新后再试"),
    ProblemType("verification.consent_outdated", Kind.CONFLICT, 40976, "同意书已更新，请重新阅读"),
    ProblemType("verification.person_first", Kind.CONFLICT, 40977, "请先完成个人实名认证"),
    ProblemType("verification.required", Kind.FORBIDDEN, 40373, "请先完成实名认证，再办理此事项"),
    ProblemType("verification.papers_missing", Kind.UNPROCESSABLE, 42277, "请先拍摄所需的证件"),
    ProblemType("verification.fields_invalid", Kind.UNPROCESSABLE, 42278, "证件信息填写有误"),
    # evidence
    ProblemType("evidence.not_found", Kind.NOT_FOUND, 40472, "没有这份证据"),
    ProblemType("evidence.listed_already", Kind.CONFLICT, 40972, "该文件已列入证据目录"),
    ProblemType("evidence.wrong_state", Kind.CONFLICT, 40973, "该证据当前不能这样处理，请刷新后再试"),
    ProblemType("evidence.none", Kind.CONFLICT, 40974, "证据目录还是空的"),
    # informal calls
    ProblemType("call.in_hearing", Kind.CONFLICT, 40999, "庭审空间不能进行非正式通话，请使用移动庭审"),
    ProblemType("call.other_account", Kind.FORBIDDEN, 40369, "当前微信与登录的账号不是同一人，请重新登录"),
    # hearings
    ProblemType("hearing.not_found", Kind.NOT_FOUND, 40460, "没有这个庭审"),
    ProblemType("hearing.no_participant", Kind.NOT_FOUND, 40461, "没有这位参与人"),
    ProblemType("hearing.not_allowed", Kind.FORBIDDEN, 40360, "您在本次庭审中不能进行此操作"),
    ProblemType("hearing.refused", Kind.FORBIDDEN, 40361, "您已被责令退出法庭"),
    ProblemType("hearing.ticket_invalid", Kind.FORBIDDEN, 40362, "入庭凭证无效或已过期，请重新进入"),
    ProblemType("hearing.link_invalid", Kind.FORBIDDEN, 40363, "庭审链接或庭审码无效"),
    ProblemType("hearing.identity_doubted", Kind.FORBIDDEN, 40364, "您的身份存疑，请联系书记员或主持人核对后再办理"),
    ProblemType("hearing.identity_open", Kind.CONFLICT, 409100, "此人未实名认证或身份存疑，请先核对身份，再准许入庭"),
    ProblemType("hearing.closed", Kind.CONFLICT, 40960, "庭审已经结束"),
    ProblemType("hearing.wrong_stage", Kind.CONFLICT, 40961, "当前阶段不能进行此操作"),
    ProblemType("hearing.not_inside", Kind.CONFLICT, 40962, "还没有进入法庭"),
    ProblemType("hearing.not_waiting", Kind.CONFLICT, 40963, "此人不在候审室"),
    ProblemType("hearing.witness_called_only", Kind.CONFLICT, 40964, "证人须由审判人员传唤到庭"),
    ProblemType("hearing.no_witness", Kind.CONFLICT, 40965, "此人不是证人"),
    ProblemType(
        "hearing.witness_apart",
        Kind.CONFLICT,
        409130,
        "另一位证人正在庭上。询问时其他证人不得在场；需要对质的，请选择传唤对质",
    ),
    ProblemType("hearing.no_undertaking", Kind.CONFLICT, 409131, "此人在本次庭审中无需签署保证书"),
    ProblemType("hearing.undertaking_open", Kind.CONFLICT, 409132, "证人还没有签署保证书，不能作证"),
    ProblemType("hearing.undertaking_refused", Kind.CONFLICT, 409133, "证人拒绝签署或者宣读保证书，不得作证"),
    ProblemType("hearing.rules_not_accepted", Kind.CONFLICT, 40966, "尚未承诺遵守庭审纪律"),
    ProblemType("hearing.roll_call_open", Kind.CONFLICT, 40967, "还有参与人没有核对身份，也没有记明缺席"),
    ProblemType("hearing.is_present", Kind.CONFLICT, 40968, "此人在场，不能记为缺席"),
    ProblemType("hearing.mic_locked", Kind.CONFLICT, 40969, "您的麦克风已由法庭关闭"),
    ProblemType("hearing.no_floor_for_role", Kind.CONFLICT, 40970, "此阶段不能请此人发言"),
    ProblemType("hearing.no_announcement", Kind.NOT_FOUND, 40469, "没有配置法庭纪律录音，请由书记员宣读"),
    ProblemType("hearing.no_question", Kind.NOT_FOUND, 40465, "没有这个提问"),
    ProblemType("hearing.asynchronous", Kind.CONFLICT, 40908, "本次庭审以异步方式进行，不能这样操作"),
    ProblemType("hearing.not_asynchronous", Kind.CONFLICT, 40909, "本次庭审不是异步庭审"),
    ProblemType("hearing.no_application", Kind.CONFLICT, 40998, "没有等待处理的异步庭审申请"),
    ProblemType("hearing.consent_missing", Kind.CONFLICT, 40978, "还有当事人没有同意以异步方式进行庭审"),
    ProblemType("hearing.turn_over", Kind.CONFLICT, 40979, "提交期限已过"),
    ProblemType("hearing.no_turn_left", Kind.CONFLICT, 40996, "您在本阶段的陈述次数已用完"),
    ProblemType("hearing.not_your_turn", Kind.CONFLICT, 40946, "现在轮到对方发言，请稍候"),
    ProblemType("hearing.question_closed", Kind.CONFLICT, 40997, "该提问已经答复"),
    ProblemType("hearing.deadline_invalid", Kind.UNPROCESSABLE, 42268, "期限有误，应晚于现在和原期限，且在 180 天以内"),
    ProblemType("hearing.participants_invalid", Kind.UNPROCESSABLE, 42260, "参与人名单有误"),
    ProblemType("hearing.hours_invalid", Kind.UNPROCESSABLE, 42267, "这类庭审没有这些阶段，不能为其设定期限"),
    ProblemType("hearing.offer_invalid", Kind.UNPROCESSABLE, 42261, "音频连接请求有误"),
    # minutes of a hearing
    ProblemType("minutes.no_entry", Kind.NOT_FOUND, 40462, "没有这条笔录"),
    ProblemType("minutes.no_objection", Kind.NOT_FOUND, 40463, "没有这项补正申请"),
    ProblemType("minutes.no_recording", Kind.NOT_FOUND, 40464, "这段录音还没有保存"),
    ProblemType("minutes.no_recognition", Kind.UNAVAILABLE, 50361, "本系统没有配置语音识别"),
    ProblemType("minutes.wrong_state", Kind.CONFLICT, 40911, "笔录当前状态不能进行此操作"),
    ProblemType("minutes.id_reused", Kind.CONFLICT, 40912, "同一编号已用于另一内容"),
    ProblemType("minutes.court_sits", Kind.CONFLICT, 40913, "休庭或闭庭后才能送阅笔录"),
    ProblemType("minutes.not_closed", Kind.CONFLICT, 40904, "闭庭后笔录才能定稿"),
    ProblemType("minutes.objections_open", Kind.CONFLICT, 40905, "还有补正申请没有处理"),
    ProblemType("minutes.answered", Kind.CONFLICT, 40906, "这项补正申请已经处理"),
    ProblemType("minutes.empty", Kind.CONFLICT, 40907, "笔录还没有内容"),
    ProblemType("minutes.full", Kind.CONFLICT, 40918, "笔录已达到容量上限"),
    ProblemType("minutes.text_changed", Kind.CONFLICT, 40919, "笔录与您阅读的不一致，请重新阅读后再签名"),
    ProblemType("minutes.signed_already", Kind.CONFLICT, 40924, "已经签过名"),
    ProblemType("minutes.signatures_open", Kind.CONFLICT, 40925, "审判人员和书记员在其他人之后签名"),
    ProblemType("minutes.nothing_to_sign", Kind.CONFLICT, 40926, "没有需要此人签名的内容"),
    ProblemType("minutes.no_speech", Kind.UNPROCESSABLE, 42264, "程序事项没有发言人"),
    ProblemType("minutes.reason_missing", Kind.UNPROCESSABLE, 42265, "请说明理由"),
    ProblemType("minutes.signature_invalid", Kind.UNPROCESSABLE, 42266, "签名图片无效"),
    ProblemType("hearing.media_unavailable", Kind.UNAVAILABLE, 50360, "语音服务暂时不可用，请稍后重试", True),
    # terms
    ProblemType("terms.not_agreed", Kind.FORBIDDEN, 40391, "请先阅读并同意《用户协议》和《隐私政策》"),
    ProblemType("terms.outdated", Kind.CONFLICT, 409150, "协议已更新，请重新阅读"),
    # notices
    ProblemType("notice.not_found", Kind.NOT_FOUND, 40424, "没有这条通知"),
    ProblemType("notice.email_unavailable", Kind.CONFLICT, 40947, "暂不支持邮件通知"),
    ProblemType("notice.email_code_invalid", Kind.UNPROCESSABLE, 42224, "确认码错误或已失效，请重新获取"),
    # content safety
    ProblemType("content.hold_not_found", Kind.NOT_FOUND, 40490, "没有这条审核记录"),
    ProblemType("content.already_reviewed", Kind.CONFLICT, 40995, "这条内容已经审核过"),
    ProblemType("file.held", Kind.FORBIDDEN, 40390, "该文件正在审核，暂时不能查看"),
    # WeChat's message push
    ProblemType("report.rejected", Kind.UNAUTHENTICATED, 40141, "送达报告验证失败"),
    ProblemType("push.rejected", Kind.UNAUTHENTICATED, 40140, "消息推送验证失败"),
)

PROBLEMS: dict[str, ProblemType] = {row.code: row for row in _TABLE}
if len(PROBLEMS) != len(_TABLE) or len({row.errcode for row in _TABLE}) != len(_TABLE):
    raise RuntimeError("a problem code or errcode stands twice in the table")
