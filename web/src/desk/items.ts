/** How work items (工单) read, and where each of them leads. */
import type { WorkItem } from "../api/workItems"
import { yuan } from "../format/money"

const LABELS: Record<string, string> = {
  day: "日期",
  ours_fen: "我方金额",
  theirs_fen: "对方金额",
  amount_fen: "金额",
  out_trade_no: "商户订单号",
  out_refund_no: "商户退款单号",
  order_id: "订单",
  payment_id: "支付",
  refund_id: "退款",
  settlement_id: "结算单",
  state: "我方状态",
  told: "对方状态",
  effect: "任务",
  about: "对象",
  fault: "原因",
  why: "原因",
  invoice_id: "发票申请",
  dispute_id: "售后申请",
  space_id: "案件空间",
  seq: "消息序号",
  label: "内容标签",
  most_fen: "最多花费",
  campaign_id: "活动",
  card: "收款银行卡",
}

export type ItemFilter = "all" | "urgent" | "money" | "reconciliation" | "settlement" | "dispute" | "content" | "campaign" | "outbox"

export const FILTERS: readonly { value: ItemFilter; label: string }[] = [
  { value: "all", label: "全部" },
  { value: "urgent", label: "紧急" },
  { value: "money", label: "资金" },
  { value: "reconciliation", label: "对账" },
  { value: "settlement", label: "结算" },
  { value: "dispute", label: "售后" },
  { value: "content", label: "内容" },
  { value: "campaign", label: "活动" },
  { value: "outbox", label: "后台任务" },
]

/** Ids that no one reads: links of their own lead to what they name. */
const LINKED = ["order_id", "dispute_id", "space_id", "settlement_id"]

/** What the item knows, as lines to be read. */
export function factsOf(item: WorkItem): { label: string; value: string }[] {
  return Object.entries(item.detail)
    .filter(([name, value]) => value !== null && value !== "" && !LINKED.includes(name))
    .map(([name, value]) => ({
      label: LABELS[name] ?? name,
      value: name.endsWith("_fen") && typeof value === "number" ? yuan(value) : String(value),
    }))
}

/** The pages on which it is dealt with. */
export function linksOf(item: WorkItem): { to: string; label: string }[] {
  const { order_id, dispute_id, space_id, settlement_id, day } = item.detail
  const links = [
    item.kind === "content.review" && { to: "/desk/content", label: "去审核内容" },
    item.kind === "firm.merchant_waiting" && { to: "/desk/firms", label: "去复核商户号" },
    item.kind.startsWith("verification.") && { to: "/desk/verifications", label: "去审核认证" },
    item.kind.startsWith("campaign.") && { to: "/desk/coupons", label: "查看优惠券" },
    item.kind.startsWith("campaign.") && { to: "/desk/subsidies", label: "查看平台补贴" },
    order_id && dispute_id && { to: `/orders/${order_id}/disputes`, label: "去处理售后" },
    order_id && { to: `/orders/${order_id}`, label: "查看订单" },
    settlement_id && { to: `/settlements/${settlement_id}`, label: "查看结算单" },
    space_id && { to: `/desk/spaces/${space_id}`, label: "查看案件空间" },
    item.kind.startsWith("reconciliation.") && day && { to: `/desk/reconciliations/${day}`, label: "查看当日对账" },
  ]
  return links.filter((link): link is { to: string; label: string } => Boolean(link))
}
