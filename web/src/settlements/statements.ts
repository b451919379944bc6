/** How statements look to people. The server decides what can be done; this only names it. */
import type { Settlement, SettlementItem, SettlementState } from "../api/settlements"
import type { Tone } from "../orders/states"

const STATES: Record<SettlementState, { label: string; tone: Tone }> = {
  awaiting_approval: { label: "待审核", tone: "wait" },
  approved_once: { label: "待复核", tone: "wait" },
  approved: { label: "待付款", tone: "active" },
  rejected: { label: "已退回", tone: "off" },
  paying: { label: "付款中", tone: "active" },
  part_paid: { label: "部分已付", tone: "wait" },
  payout_failed: { label: "付款未成功", tone: "wait" },
  paid: { label: "已付清", tone: "done" },
  carried: { label: "结转下期", tone: "off" },
}

export const stateLabel = (state: SettlementState): string => STATES[state]?.label ?? state
export const stateTone = (state: SettlementState): Tone => STATES[state]?.tone ?? "active"

const KINDS: [string, string][] = [
  ["base", "基础服务费"],
  ["stars", "星级系数"],
  ["tips", "打赏"],
  ["subsidy", "平台补贴"],
  ["penalty", "扣款"],
]

/** What the statement is made of; reasons that come to nothing are left out. */
export function parts(one: Settlement): { title: string; fen: number }[] {
  const found = KINDS.map(([kind, title]) => ({ title, fen: one.sums[kind] ?? 0 }))
  return [...found, { title: "上期结转", fen: one.brought_forward_fen }].filter((part) => part.fen !== 0)
}

/** 70%, ×1.1. */
export function rate(item: SettlementItem): string {
  if (item.rate_bp === null || item.rate_bp === undefined) return ""
  return item.kind === "stars" ? `×${item.rate_bp / 10_000}` : `${item.rate_bp / 100}%`
}

const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric" })

/** Periods are counted in China's days, and end with the day before the next one begins. */
export function span(one: Settlement): string {
  const last = new Date(new Date(one.ends_at).getTime() - 1)
  return `${DAY.format(new Date(one.starts_at))} – ${DAY.format(last)}`
}

const PAYOUT_KINDS: Record<string, string> = {
  share: "分账",
  unfreeze: "解冻剩余资金",
  give_back: "分账回退",
  outside: "线下转账",
}
const PAYOUT_STATES: Record<string, string> = { owed: "待发送", sent: "处理中", succeeded: "成功", failed: "未成功" }

export const payoutKind = (kind: string): string => PAYOUT_KINDS[kind] ?? kind
export const payoutState = (state: string): string => PAYOUT_STATES[state] ?? state
