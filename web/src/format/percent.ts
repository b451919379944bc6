/** Shares as the server counts them, in hundredths of a per cent (万分比), and as people write them. */

/** 7000 → 70%. */
export const percent = (bp: number): string => `${bp / 100}%`

/** "70", "7.25" → 7000, 725; null for what is no share between nought and `most` per cent. */
export function bpOf(text: string, most: number = 100): number | null {
  const parts = text.trim().match(/^(\d{1,3})(?:\.(\d{1,2}))?$/)
  if (!parts) return null
  const bp = Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0"))
  return bp <= most * 100 ? bp : null
}
