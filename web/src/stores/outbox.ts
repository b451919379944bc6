/** The outbox of this page: what is shown as "being sent", kept in storage and driven by the dispatcher. */
import { reactive, toRaw } from "vue"
import { ApiError, errorText } from "../api/errors"
import { uploadFile } from "../api/files"
import { newId } from "../api/ids"
import { postMessage } from "../api/spaces"
import type { Body, Message, MessageType, SendCommand } from "../api/types"
import { Dispatcher } from "../chat/dispatcher"
import { inOrder, type OutboxEntry, type OutboxFile, type Outcome, wireBody } from "../chat/outbox"
import { openStore } from "../platform/object_store"
import { connection, emit, onOnline } from "../realtime/socket"
import { myId } from "./session"

export interface Draft {
  type: MessageType
  body: Body
  reply_to?: { seq: number }
  mentions?: string[]
  file?: OutboxFile
}

export const outbox = reactive({
  entries: [] as OutboxEntry[],
  /** client_msg_id → fraction uploaded. */
  progress: {} as Record<string, number>,
})

const storage = openStore<OutboxEntry>("casespace-outbox", "client_msg_id")
const previews = new Map<string, string>()
const PREVIEWS = 40
let order = 0
let acked: (message: Message) => void = () => undefined

/** Who takes in the stored message that an acknowledgement carries. */
export function onAcked(hook: (message: Message) => void): void {
  acked = hook
}

const dispatcher = new Dispatcher({
  entries: () => outbox.entries,
  send,
  upload,
  fail,
  later: (milliseconds, work) => void setTimeout(work, milliseconds),
})

onOnline(() => dispatcher.resume())
window.addEventListener("online", () => dispatcher.resume())

/** Brings back what an earlier page could not send. */
export async function loadOutbox(): Promise<void> {
  const stored = (await (await storage).all()).filter((entry) => entry.user_id === myId.value)
  const known = new Set(outbox.entries.map((entry) => entry.client_msg_id))
  outbox.entries.push(...stored.filter((entry) => !known.has(entry.client_msg_id)))
  dispatcher.pump()
}

/** Forgets what is shown; what is stored waits for the person to sign in again. */
export function putAsideOutbox(): void {
  outbox.entries = []
  for (const url of previews.values()) URL.revokeObjectURL(url)
  previews.clear()
}

/** Signing out on purpose leaves nothing of the person on the phone. */
export async function eraseOutbox(): Promise<void> {
  const entries = outbox.entries
  putAsideOutbox()
  const store = await storage
  await Promise.all(entries.map((entry) => store.remove(entry.client_msg_id)))
}

export function waitingIn(spaceId: string): OutboxEntry[] {
  return inOrder(outbox.entries.filter((entry) => entry.space_id === spaceId && entry.user_id === myId.value))
}

export function sendDraft(spaceId: string, draft: Draft): void {
  const entry: OutboxEntry = {
    ...draft,
    client_msg_id: newId(),
    user_id: myId.value,
    space_id: spaceId,
    created_at: new Date().toISOString(),
    order: order++,
    state: "queued",
  }
  outbox.entries.push(entry)
  void keep(entry)
  dispatcher.pump()
}

export function retry(entry: OutboxEntry): void {
  change(entry.client_msg_id, { state: "queued", error: undefined })
  dispatcher.pump()
}

export function discard(clientMsgId: string): void {
  delete outbox.progress[clientMsgId]
  const index = outbox.entries.findIndex((entry) => entry.client_msg_id === clientMsgId)
  if (index < 0) return
  outbox.entries.splice(index, 1)
  void storage.then((store) => store.remove(clientMsgId))
}

/**
 * A blob: address for the picture or sound that this phone sends, or "". It outlives the sending for a while, so that
 * the bubble does not blink and nothing is fetched that is here already.
 */
export function previewOf(clientMsgId: string, entry?: OutboxEntry): string {
  const known = previews.get(clientMsgId)
  const blob = entry?.file && toRaw(entry.file).blob
  if (known || !blob) return known ?? ""
  const url = URL.createObjectURL(blob)
  previews.set(clientMsgId, url)
  const oldest = previews.size > PREVIEWS ? previews.entries().next().value : undefined
  if (oldest) {
    previews.delete(oldest[0])
    URL.revokeObjectURL(oldest[1])
  }
  return url
}

async function send(entry: OutboxEntry): Promise<Outcome> {
  const command: SendCommand = {
    space_id: entry.space_id,
    client_msg_id: entry.client_msg_id,
    type: entry.type,
    body: wireBody(toRaw(entry)),
    ...(entry.reply_to ? { reply_to: { seq: entry.reply_to.seq } } : {}),
    ...(entry.mentions?.length ? { mentions: [...entry.mentions] } : {}),
  }
  try {
    acked(await transmit(command))
    discard(entry.client_msg_id)
    return { kind: "sent" }
  } catch (error) {
    return outcomeOf(error)
  }
}

// Some networks let no websocket through: after a few seconds without one, the same service is asked over HTTP.
function transmit(command: SendCommand): Promise<Message> {
  if (connection.online) return emit<Message>("message:send", command)
  const down = connection.downSince === null ? 0 : Date.now() - connection.downSince
  if (down < 4000 || !navigator.onLine) return Promise.reject(new ApiError(0, "network", "", true))
  return postMessage(command)
}

async function upload(entry: OutboxEntry): Promise<Outcome> {
  const file = entry.file && toRaw(entry.file)
  if (!file) return { kind: "sent" }
  try {
    const id = await uploadFile(entry.space_id, file, (fraction) => {
      outbox.progress[entry.client_msg_id] = fraction
    })
    change(entry.client_msg_id, { file: { ...file, file_id: id } })
    return { kind: "sent" }
  } catch (error) {
    return outcomeOf(error)
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ApiError && !error.permanent) return { kind: "retry" }
  // Signed out: the message waits for the person to come back.
  if (error instanceof ApiError && error.status === 401) return { kind: "retry" }
  return { kind: "failed", reason: errorText(error) }
}

function fail(entry: OutboxEntry, reason: string): void {
  change(entry.client_msg_id, { state: "failed", error: reason })
}

function change(clientMsgId: string, fields: Partial<OutboxEntry>): void {
  const entry = outbox.entries.find((candidate) => candidate.client_msg_id === clientMsgId)
  if (!entry) return
  Object.assign(entry, fields)
  void keep(entry)
}

async function keep(entry: OutboxEntry): Promise<void> {
  const raw = toRaw(entry)
  const plain: OutboxEntry = { ...raw, body: { ...toRaw(raw.body) }, file: raw.file && { ...toRaw(raw.file) } }
  await (await storage).put(plain)
}
