/** How the statistics of notices read. */
const KINDS: Record<string, string> = {
  message_unread: "未读消息",
  mentioned: "被提到",
  order_paid: "支付成功",
  order_assigned: "安排律师",
  order_accepted: "律师接单",
  order_declined: "律师谢绝",
  order_delivered: "提交成果",
  order_confirmed: "确认完成",
  order_reviewed: "收到评价",
  order_cancelled: "订单取消",
  order_refund_requested: "申请退款",
  order_refund_failed: "退款失败",
  order_refunded: "已退款",
  invoice_issued: "发票开具",
  dispute_opened: "售后申请",
  dispute_decided: "售后处理",
  quote_offered: "收到报价",
  quote_answered: "报价答复",
  tip_received: "收到打赏",
  hearing_called: "庭审通知",
  hearing_soon: "庭审提醒",
  content_held: "消息审核中",
  content_reviewed: "审核结果",
  settlement_closed: "结算单生成",
  settlement_paid: "结算付款",
  space_closed: "空间关闭",
  space_reopened: "空间重新开启",
  firm_merchant: "收款商户号",
}

const CHANNELS: Record<string, string> = {
  wechat: "微信服务通知",
  customer: "微信客服消息",
  sms: "短信",
  email: "邮件",
  call: "语音电话",
}

const STATES: Record<string, string> = {
  owed: "待发送",
  sending: "发送中",
  sent: "已发送",
  delivered: "已送达",
  refused: "用户未授权",
  unreachable: "没有联系方式",
  moot: "发送前已读",
  unknown: "结果不明",
  gathered: "合并发送",
  off: "用户关闭",
  failed: "失败",
}

export const noticeKind = (kind: string): string => KINDS[kind] ?? kind
export const channelLabel = (channel: string): string => CHANNELS[channel] ?? channel
export const channelState = (state: string): string => STATES[state] ?? state

/** Of how many, as people say it: 62%. Nothing told is nothing to divide by. */
export const rateOf = (part: number, whole: number): string => (whole ? `${Math.round((part / whole) * 100)}%` : "—")

/** 45 秒, 12 分钟, 3 小时, 2 天. */
export function spanText(seconds: number | null): string {
  if (seconds === null) return "—"
  if (seconds < 60) return `${seconds} 秒`
  if (seconds < 3600) return `${Math.round(seconds / 60)} 分钟`
  return seconds < 86_400 ? `${Math.round(seconds / 3600)} 小时` : `${Math.round(seconds / 86_400)} 天`
}
