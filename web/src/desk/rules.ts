/** Settlement rules as they are read and written: rows of text on the page, whole numbers on the wire. */
import type { Rules } from "../api/firms"
import { fenOrNought, plainYuan } from "../format/money"
import { momentOf } from "../format/days"
import { bpOf, percent } from "../format/percent"
import { kindLabel } from "../orders/products"

export interface ShareDraft {
  id: string
  title: string
  tariff: string
  kind: string
  level: string
  percent: string
}

export interface AmountDraft {
  id: string
  title: string
  /** Of subsidies: a kind of product; of penalties: the cause. */
  about: string
  percent: string
  yuan: string
}

export interface RulesDraft {
  from: string
  days: string
  shares: ShareDraft[]
  /** From five stars down to one, in per cent. */
  stars: string[]
  unrated: string
  subsidies: AmountDraft[]
  penalties: AmountDraft[]
  cap: string
}

const STARS = [5, 4, 3, 2, 1]
const MOST_FACTOR = 200
const plain = (bp: number): string => String(bp / 100)

export function draftOf(rules: Rules, from: string): RulesDraft {
  const factors = new Map(rules.stars.map(({ stars, factor_bp }) => [stars, factor_bp]))
  return {
    from,
    days: String(rules.earned_after_days),
    shares: rules.shares.map(({ id, title, tariff, kind, level, share_bp }) => ({
      id,
      title,
      tariff: tariff ?? "",
      kind: kind ?? "",
      level: level ?? "",
      percent: plain(share_bp),
    })),
    stars: STARS.map((stars) => plain(factors.get(stars) ?? rules.unrated_bp)),
    unrated: plain(rules.unrated_bp),
    subsidies: rules.subsidies.map(({ id, title, kind, fen }) => ({ id, title, about: kind ?? "", percent: "", yuan: plainYuan(fen) })),
    penalties: rules.penalties.map(({ id, title, cause, share_bp, fen }) => ({
      id,
      title,
      about: cause,
      percent: plain(share_bp),
      yuan: plainYuan(fen),
    })),
    cap: plain(rules.penalty_cap_bp),
  }
}

/** An id that no row has: rows of one kind may not share one, and old rows keep theirs. */
export function freshId(prefix: string, taken: readonly { id: string }[]): string {
  for (let number = taken.length + 1; ; number += 1) {
    const id = `${prefix}-${number}`
    if (!taken.some((row) => row.id === id)) return id
  }
}

/** What the server takes, or in Chinese what is wrong. */
export function rulesOf(draft: RulesDraft): Rules | string {
  const effective_from = momentOf(draft.from)
  if (!effective_from || new Date(effective_from) <= new Date()) return "生效时间须在将来"
  if (!/^\d{1,2}$/.test(draft.days.trim()) || Number(draft.days) > 60) return "自动完成天数为 0 至 60"
  const rows = [...draft.shares, ...draft.subsidies, ...draft.penalties]
  if (rows.some((row) => !row.title.trim())) return "每一行都需要名称"
  const shares = draft.shares.map((row) => ({ ...row, share_bp: bpOf(row.percent) }))
  const stars = draft.stars.map((text) => bpOf(text, MOST_FACTOR))
  const subsidies = draft.subsidies.map((row) => ({ ...row, fen: fenOrNought(row.yuan) }))
  const penalties = draft.penalties.map((row) => ({ ...row, share_bp: bpOf(row.percent || "0"), fen: fenOrNought(row.yuan || "0") }))
  const [unrated, cap] = [bpOf(draft.unrated, MOST_FACTOR), bpOf(draft.cap)]
  if (shares.some((row) => row.share_bp === null) || cap === null) return "分成与上限须为 0 至 100 的百分比"
  if (stars.includes(null) || unrated === null) return "星级系数须为 0 至 200 的百分比"
  if ([...subsidies, ...penalties].some((row) => row.fen === null)) return "金额最多两位小数"
  if (penalties.some((row) => row.share_bp === null)) return "扣款比例须为 0 至 100 的百分比"
  if (penalties.some((row) => !/^[a-z][a-z_]*(:[a-z_]+)?$/.test(row.about.trim()))) return "扣款原因代号为小写字母，如 complaint"
  const last = draft.shares[draft.shares.length - 1]
  if (!last || last.tariff || last.kind || last.level) return "最后一条分成规则必须适用于所有订单"
  return {
    effective_from,
    earned_after_days: Number(draft.days),
    shares: shares.map((row) => ({
      id: row.id,
      title: row.title.trim(),
      tariff: row.tariff.trim() || null,
      kind: row.kind.trim() || null,
      level: row.level.trim() || null,
      share_bp: row.share_bp ?? 0,
    })),
    stars: STARS.map((count, index) => ({ stars: count, factor_bp: stars[index] ?? 0 })),
    unrated_bp: unrated,
    subsidies: subsidies.map((row) => ({ id: row.id, title: row.title.trim(), kind: row.about.trim() || null, fen: row.fen ?? 0 })),
    penalties: penalties.map((row) => ({
      id: row.id,
      title: row.title.trim(),
      cause: row.about.trim(),
      share_bp: row.share_bp ?? 0,
      fen: row.fen ?? 0,
    })),
    penalty_cap_bp: cap,
  }
}

/** For whom a share is: 合伙人 · 法律咨询, or everybody. */
export const shareScope = (row: Rules["shares"][number]): string =>
  [row.tariff && `档位 ${row.tariff}`, row.level, row.kind && kindLabel(row.kind)].filter(Boolean).join(" · ") || "其余所有订单"

/** 基础费的 10% 加 ¥5. */
export function penaltyText(row: Rules["penalties"][number]): string {
  const share = row.share_bp ? `基础费的 ${percent(row.share_bp)}` : ""
  const amount = row.fen ? `¥${plainYuan(row.fen)}` : ""
  return [share, amount].filter(Boolean).join(" 加 ") || "不扣款"
}

const CAUSES: Record<string, string> = { complaint: "投诉成立", breach: "人工登记" }

/** What sets a penalty off, in words; a cause that the office made up itself as it was written. */
export const causeText = (cause: string): string => CAUSES[cause] ?? (cause.startsWith("late:") ? "系统计时" : cause)
