/** How an order looks to people, and what they can do with it. The server decides; this only offers. */
import type { Order, OrderStatus, OrderStep } from "../api/orderTypes"
import { stepTime } from "../format/time"

export type Tone = "wait" | "active" | "done" | "off"

const STATES: Record<OrderStatus, { label: string; tone: Tone; hint: string }> = {
  awaiting_payment: { label: "待支付", tone: "wait", hint: "请尽快完成支付，逾期订单将自动关闭" },
  paid: { label: "已支付", tone: "active", hint: "正在为您安排律师" },
  assigned: { label: "待接单", tone: "active", hint: "律师已安排，正在确认接单" },
  in_service: { label: "服务中", tone: "active", hint: "律师正在处理，可随时在案件空间沟通" },
  delivered: { label: "待确认", tone: "wait", hint: "律师已提交成果，请查看并确认" },
  confirmed: { label: "已确认", tone: "done", hint: "服务已完成，欢迎评价" },
  reviewed: { label: "已完成", tone: "done", hint: "感谢您的评价" },
  cancelled: { label: "已取消", tone: "off", hint: "订单已取消" },
  refunding: { label: "退款中", tone: "wait", hint: "退款处理中，将原路退回" },
  refunded: { label: "已退款", tone: "off", hint: "款项已退回" },
}

export const statusLabel = (status: OrderStatus): string => STATES[status]?.label ?? status
export const statusTone = (status: OrderStatus): Tone => STATES[status]?.tone ?? "active"

/** Where the sentence for the client would ask the wrong person. */
const STAFF_HINTS: Partial<Record<OrderStatus, string>> = {
  awaiting_payment: "等待客户支付，逾期订单将自动关闭",
  paid: "正在安排律师",
  assigned: "等待承办律师确认接单",
  in_service: "服务进行中，完成后由律师提交成果",
  delivered: "成果已提交，等待客户确认",
  confirmed: "客户已确认完成",
  reviewed: "客户已评价，服务结束",
}

export function statusHint({ status, unpaid_until: until, refunds }: Pick<Order, "status" | "unpaid_until" | "refunds">, staff: boolean = false): string {
  if (!staff && refunds?.some((one) => one.card === "needed")) return "支付账户无法收款，请在下方填写收款银行卡"
  if (until && !staff) return `请在 ${stepTime(until)} 前完成支付，逾期订单将自动关闭`
  return (staff ? STAFF_HINTS[status] : undefined) ?? STATES[status]?.hint ?? ""
}

export type Operation = "pay" | "cancel" | "confirm" | "review" | "accept" | "decline" | "deliver" | "refund" | "tip"

const ORDER_OF_WEIGHT: Operation[] = ["refund", "cancel", "decline", "accept", "deliver", "confirm", "tip", "review", "pay"]

/** What to offer of what the server allows, the main operation last. */
export function operations(order: Order): Operation[] {
  return ORDER_OF_WEIGHT.filter((operation) => order.actions.includes(operation))
}

export const OPERATION_LABELS: Record<Operation, string> = {
  pay: "去支付",
  cancel: "取消订单",
  confirm: "确认完成",
  review: "评价服务",
  accept: "接单",
  decline: "暂不接单",
  deliver: "提交成果",
  refund: "申请退款",
  tip: "打赏感谢",
}

const BACK: readonly Operation[] = ["refund", "cancel", "decline", "tip"]

/** Whether this is what the page wants the person to do, and not a way out. */
export const leadsOn = (operation: Operation): boolean => !BACK.includes(operation)

const STEPS: Partial<Record<OrderStatus, string>> = {
  awaiting_payment: "提交订单",
  paid: "支付成功",
  assigned: "安排律师",
  in_service: "律师接单，服务中",
  delivered: "律师提交成果",
  confirmed: "客户确认完成",
  reviewed: "评价服务",
  cancelled: "订单取消",
  refunding: "申请退款",
  refunded: "退款完成",
}

/** A status as something that has happened. After a refund in part the order goes on where it was. */
export function stepTitle(step: OrderStep, before?: OrderStep): string {
  if (before?.status === "refunding" && step.status !== "refunded") return "退款处理完毕，服务继续"
  return STEPS[step.status] ?? step.title
}

const CARD_STATES: Record<string, string> = {
  ...Object.fromEntries(Object.entries(STATES).map(([code, state]) => [code, state.label])),
  pending: "待处理",
  asked: "待支付",
  succeeded: "已完成",
  success: "已完成",
  accepted: "已接单",
  declined: "已谢绝",
  closed: "已关闭",
  ended: "服务已结束",
  reopened: "已重新开启",
  done: "已完成",
  scheduled: "待开庭",
  draft: "记录中",
  reading: "待核对",
  final: "待签名",
  in_session: "庭审中",
  recess: "休庭中",
  listed: "已列入目录",
  received: "原件已收存",
  returned: "原件已退还",
}

/** What a card of a kind says of its state; a hearing that is closed has ended, it was not called off. */
export const cardStateLabel = (state: string, kind: string = ""): string =>
  (kind === "hearing" && state === "closed" ? "已闭庭" : CARD_STATES[state]) ?? state

export function cardTone(state: string): Tone {
  if (state in STATES) return state === "paid" ? "done" : statusTone(state as OrderStatus)
  if (["accepted", "done", "succeeded", "success"].includes(state)) return "done"
  if (["declined", "closed", "ended"].includes(state)) return "off"
  return "wait"
}
