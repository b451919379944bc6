import { lineTime } from "../format/time"
import type { Message } from "../api/types"
import type { OutboxEntry } from "./outbox"
import { recalledBy, type Timeline } from "./timeline"

export type Row =
  | { kind: "time"; key: string; text: string }
  | { kind: "notice"; key: string; text: string }
  | { kind: "message"; key: string; message: Message; mine: boolean }
  | { kind: "pending"; key: string; entry: OutboxEntry }

const PAUSE_MS = 5 * 60_000

/** The lines of a chat, top to bottom: messages, then what waits to be sent. */
export function chatRows(timeline: Timeline, waiting: OutboxEntry[], me: string, now: Date = new Date()): Row[] {
  const rows: Row[] = []
  let last = 0
  const clock = (iso: string, key: string): void => {
    const at = Date.parse(iso)
    if (at - last >= PAUSE_MS) rows.push({ kind: "time", key: `t${key}`, text: lineTime(iso, now) })
    last = at
  }
  for (const message of timeline.items) {
    const row = messageRow(timeline, message, me)
    if (!row) continue
    clock(message.sent_at, row.key)
    rows.push(row)
  }
  for (const entry of waiting) {
    const key = `${me}:${entry.client_msg_id}`
    clock(entry.created_at, key)
    rows.push({ kind: "pending", key, entry })
  }
  return rows
}

function messageRow(timeline: Timeline, message: Message, me: string): Row | null {
  if (message.type === "recall" || message.type === "card_update") return null
  const key = `${message.sender.user_id ?? ""}:${message.client_msg_id || message.seq}`
  const recaller = recalledBy(timeline, message)
  if (recaller) {
    const who = recaller.user_id === me ? "你" : `“${recaller.display_name}”`
    return { kind: "notice", key, text: `${who}撤回了一条消息` }
  }
  if (message.type === "notice") return { kind: "notice", key, text: String(message.body.text ?? "") }
  return { kind: "message", key, message, mine: message.sender.user_id === me }
}
