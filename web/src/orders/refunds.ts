/** Asking for money back: how much is left, what was typed, and how it stands. Money is integer fen. */
import type { Order, Refund } from "../api/orderTypes"
import { fenOf, yuan } from "../format/money"
import type { Tone } from "./states"

export const REFUND_STATES: Record<Refund["state"], { label: string; tone: Tone }> = {
  requested: { label: "退款中", tone: "wait" },
  succeeded: { label: "已退回", tone: "done" },
  failed: { label: "退款失败", tone: "off" },
}

/** What may still be asked back: of the order itself and of its quotes. */
export function refundable(order: Order): number {
  return order.refundable_fen ?? 0
}

/** What is wrong with a typed amount of which at most `most` may be asked back; "" while nothing is typed. */
export function amountFault(text: string, most: number): string {
  if (!text.trim()) return ""
  const fen = fenOf(text)
  if (fen === null) return "请输入金额，最多两位小数"
  return fen > most ? `最多可退 ${yuan(most)}` : ""
}
