/** Coupons and subsidies in the making: what was typed into what the server takes, and how a campaign stands. */
import type { CouponDefinition, Discount, Subsidy } from "../api/campaigns"
import { fenOf, fenOrNought } from "../format/money"
import { momentOf } from "../format/days"
import { bpOf } from "../format/percent"
import type { Tone } from "../orders/states"

export interface DiscountDraft {
  kind: Discount["kind"]
  /** Yuan off, or per cent off. */
  off: string
  cap: string
  minimum: string
  /** Codes of kinds of products; none means all. */
  kinds: string[]
}

export const newDiscount = (): DiscountDraft => ({ kind: "fixed", off: "", cap: "", minimum: "", kinds: [] })

/** What the server takes, or null while something is missing or no number. */
export function discountOf(draft: DiscountDraft): Partial<Discount> | null {
  const minimum = draft.minimum.trim() ? fenOrNought(draft.minimum) : 0
  if (minimum === null) return null
  const common = { kind: draft.kind, minimum_fen: minimum, kinds: draft.kinds }
  if (draft.kind === "fixed") {
    const off = fenOf(draft.off)
    return off ? { ...common, off_fen: off } : null
  }
  const off = bpOf(draft.off)
  const cap = draft.cap.trim() ? fenOf(draft.cap) : null
  if (!off || (draft.cap.trim() && !cap)) return null
  return { ...common, off_bps: off, cap_fen: cap }
}

/** A period that runs forwards, or null. */
export function periodOf(from: string, until: string): { valid_from: string; valid_until: string } | null {
  const [valid_from, valid_until] = [momentOf(from), momentOf(until)]
  return valid_from && valid_until && valid_from < valid_until ? { valid_from, valid_until } : null
}

export const isCode = (text: string): boolean => /^[a-z0-9_-]{2,40}$/.test(text.trim())

/** A count that may be left out: null for none, undefined for what is no whole number from 1 to `most`. */
export function countOf(text: string, most: number): number | null | undefined {
  if (!text.trim()) return null
  const count = /^\d{1,8}$/.test(text.trim()) ? Number(text) : 0
  return count >= 1 && count <= most ? count : undefined
}

interface Standing {
  label: string
  tone: Tone
}

const over = (until: string, now: Date): boolean => new Date(until) <= now
const ahead = (from: string, now: Date): boolean => new Date(from) > now

export function couponStanding(one: CouponDefinition, now: Date = new Date()): Standing {
  if (one.closed) return { label: "已停止发放", tone: "off" }
  if (over(one.valid_until, now)) return { label: "已过期", tone: "off" }
  if (one.waiting) return { label: "待复核", tone: "wait" }
  if (one.total_limit !== null && one.issued >= one.total_limit) return { label: "已发完", tone: "done" }
  return ahead(one.valid_from, now) ? { label: "未开始", tone: "wait" } : { label: "发放中", tone: "active" }
}

export function subsidyStanding(one: Subsidy, now: Date = new Date()): Standing {
  if (one.ended) return { label: "已终止", tone: "off" }
  if (over(one.valid_until, now)) return { label: "已过期", tone: "off" }
  if (one.waiting) return { label: "待复核", tone: "wait" }
  if (one.budget_fen !== null && one.spent_fen >= one.budget_fen) return { label: "预算用完", tone: "done" }
  return ahead(one.valid_from, now) ? { label: "未开始", tone: "wait" } : { label: "进行中", tone: "active" }
}
