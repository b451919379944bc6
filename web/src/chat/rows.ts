import { lineTime } from "../format/time"
import type { Message } from "../api/types"
import type { OutboxEntry } from "./outbox"
import { isHeld, recalledBy, type Timeline } from "./timeline"

export type Row =
  | { kind: "time"; key: string; text: string }
  | { kind: "notice"; key: string; text: string }
  | { kind: "message"; key: string; message: Message; mine: boolean; held: boolean }
  | { kind: "pending"; key: string; entry: OutboxEntry }

const PAUSE_MS = 5 * 60_000

/** The lines of a chat, top to bottom: messages, what could not be sent where it was written, then what waits. */
export function chatRows(
  timeline: Timeline,
  waiting: OutboxEntry[],
  me: string,
  now: Date = new Date(),
  staff: boolean = false,
): Row[] {
  const rows: Row[] = []
  let last = 0
  const push = (iso: string, row: Row): void => {
    const at = Date.parse(iso)
    if (at - last >= PAUSE_MS) rows.push({ kind: "time", key: `t${row.key}`, text: lineTime(iso, now) })
    last = Math.max(last, at)
    rows.push(row)
  }
  const pend = (entry: OutboxEntry): void =>
    push(entry.created_at, { kind: "pending", key: `${me}:${entry.client_msg_id}`, entry })
  const failed = waiting.filter((entry) => entry.state === "failed")
  for (const message of timeline.items) {
    const row = messageRow(timeline, message, me, staff)
    if (!row) continue
    while (failed[0] && Date.parse(failed[0].created_at) < Date.parse(message.sent_at)) pend(failed.shift() as OutboxEntry)
    push(message.sent_at, row)
  }
  for (const entry of [...failed, ...waiting.filter((e) => e.state === "queued")]) pend(entry)
  return rows
}

function messageRow(timeline: Timeline, message: Message, me: string, staff: boolean): Row | null {
  if (message.type === "recall" || message.type === "card_update") return null
  const key = `${message.sender.user_id ?? ""}:${message.client_msg_id || message.seq}`
  if (message.purged) return { kind: "notice", key, text: "此消息的内容已依法清除" }
  const recaller = recalledBy(timeline, message)
  if (recaller) {
    const who = recaller.user_id === me ? "你" : `“${recaller.display_name}”`
    return { kind: "notice", key, text: `${who}撤回了一条消息` }
  }
  if (message.type === "notice") return { kind: "notice", key, text: String(message.body.text ?? "") }
  const mine = message.sender.user_id === me
  const held = isHeld(timeline, message)
  // It may have come live, before it was held: then its words are here, and must not be shown all the same.
  if (held && !mine && !staff) return { kind: "notice", key, text: "此消息正在审核或未通过审核" }
  return { kind: "message", key, message, mine, held }
}
