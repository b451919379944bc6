/** How a found message is shown in a list: the lines around what was found, with the found words marked. */
import type { SearchHit } from "../api/types"

export interface Part {
  text: string
  found: boolean
}

const LABELS: Record<string, string> = { file: "[文件] ", location: "[位置] ", contact: "[名片] ", card: "[卡片] " }
/** What of a long text stands before the first found word: about one line on a phone. */
const BEFORE = 14
const LONGEST = 90

export function hitParts({ message, highlights, excerpt }: SearchHit): Part[] {
  const parts: Part[] = []
  const label = LABELS[message.type]
  if (label) parts.push({ text: label, found: false })
  for (const field of new Set(highlights.map((mark) => mark.field))) {
    const marks = highlights.filter((mark) => mark.field === field)
    if (parts.length > (label ? 1 : 0)) parts.push({ text: " · ", found: false })
    parts.push(...snippet(String(message.body[field] ?? ""), marks))
  }
  if (excerpt) parts.push({ text: `${String(message.body.title ?? "")} · …${excerpt}…`, found: false })
  return parts
}

function snippet(text: string, marks: { start: number; length: number }[]): Part[] {
  const ordered = [...marks].sort((a, b) => a.start - b.start)
  const from = Math.max(0, (ordered[0]?.start ?? 0) - BEFORE)
  const to = Math.min(text.length, from + LONGEST)
  const parts: Part[] = from ? [{ text: "…", found: false }] : []
  let at = from
  const push = (end: number, found: boolean): void => {
    if (end > at) parts.push({ text: text.slice(at, end).replace(/\s+/g, " "), found })
    at = Math.max(at, end)
  }
  for (const { start, length } of ordered) {
    if (start >= to) break
    push(start, false)
    push(Math.min(start + length, to), true)
  }
  push(to, false)
  if (to < text.length) parts.push({ text: "…", found: false })
  return parts
}
