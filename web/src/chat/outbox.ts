/**
 * Messages that are written but not yet acknowledged. They survive a reload, go out in the order of writing within
 * each space, and are sent again under the same client_msg_id until the server answers, so that nothing is lost and
 * nothing doubled. An upload does not hold up the texts written after it.
 */
import type { Body, MessageType } from "../api/types"

export interface OutboxFile {
  name: string
  content_type: string
  blob: Blob
  /** Set once the file is on the server; a later attempt does not upload again. */
  file_id?: string
}

export interface OutboxEntry {
  client_msg_id: string
  user_id: string
  space_id: string
  type: MessageType
  body: Body
  reply_to?: { seq: number }
  mentions?: string[]
  /** RFC 3339; also the order of sending, with `order` for those of the same millisecond. */
  created_at: string
  order: number
  state: "queued" | "failed"
  error?: string
  file?: OutboxFile
}

export type Outcome = { kind: "sent" } | { kind: "retry" } | { kind: "failed"; reason: string }

export function inOrder(entries: OutboxEntry[]): OutboxEntry[] {
  return [...entries].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || a.order - b.order)
}

const ready = (entry: OutboxEntry): boolean => !entry.file || entry.file.file_id !== undefined

/** The entry to send next in a space, or null. */
export function nextToSend(entries: OutboxEntry[], spaceId: string): OutboxEntry | null {
  return inOrder(entries).find((e) => e.space_id === spaceId && e.state === "queued" && ready(e)) ?? null
}

/** The entry whose file to upload next in a space, or null. */
export function nextToUpload(entries: OutboxEntry[], spaceId: string): OutboxEntry | null {
  return inOrder(entries).find((e) => e.space_id === spaceId && e.state === "queued" && !ready(e)) ?? null
}

export function spacesWithWork(entries: OutboxEntry[]): string[] {
  return [...new Set(entries.filter((e) => e.state === "queued").map((e) => e.space_id))]
}

/** Milliseconds to wait before attempt number `attempt` (from 1). */
export function backoff(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** (attempt - 1))
}

/** The body as it goes over the wire: links and previews are this phone's own. */
export function wireBody(entry: OutboxEntry): Body {
  return entry.file?.file_id ? { ...entry.body, file_id: entry.file.file_id } : entry.body
}
