/** Fen to yuan as people write it: ¥399, ¥0.50. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : ""
  const whole = Math.floor(Math.abs(fen) / 100)
  const rest = Math.abs(fen) % 100
  const digits = String(whole).replace(/\B(?=(\d{3})+$)/g, ",")
  return `${sign}¥${digits}${rest ? `.${String(rest).padStart(2, "0")}` : ""}`
}

/** Yuan as people type them, in fen; null for what is no amount of at least one fen. */
export function fenOf(text: string): number | null {
  const parts = text.trim().match(/^(\d{1,8})(?:\.(\d{1,2}))?$/)
  if (!parts) return null
  const fen = Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0"))
  return fen > 0 ? fen : null
}

/** As above, but nought is an amount too. */
export const fenOrNought = (text: string): number | null => (/^0(\.0{1,2})?$/.test(text.trim()) ? 0 : fenOf(text))

/** Fen as they stand in a field that is to be changed: 12.50. */
export const plainYuan = (fen: number): string => (fen / 100).toFixed(2)
