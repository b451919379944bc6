/** The spaces opened on this page: their members, actions and timelines. */
import { reactive } from "vue"
import { getSpace, listMessages } from "../api/spaces"
import { ApiError } from "../api/errors"
import type { Member, Message, Space } from "../api/types"
import { append, emptyTimeline, find, open, prepend, type Timeline } from "../chat/timeline"

const PAGE = 40
/** On the way to a message far back: the largest page that the server gives. */
const FAR_PAGE = 200
const REFRESH_MS = 20_000

export interface Room {
  id: string
  space: Space | null
  timeline: Timeline
  error: unknown
  loadingOlder: boolean
  /** User id → epoch ms until which they count as typing. */
  typing: Record<string, number>
}

const rooms = reactive(new Map<string, Room>())
const refreshed = new Map<string, number>()
const older = new Map<string, Promise<void>>()

export function room(spaceId: string): Room {
  let found = rooms.get(spaceId)
  if (!found) {
    rooms.set(spaceId, {
      id: spaceId,
      space: null,
      timeline: emptyTimeline(spaceId),
      error: null,
      loadingOlder: false,
      typing: {},
    })
    found = rooms.get(spaceId) as Room
  }
  return found
}

/** Who is in the space now. */
export function present(found: Room): Member[] {
  return found.space?.members.filter((member) => !member.left) ?? []
}

export function openRooms(): Room[] {
  return [...rooms.values()]
}

export function knownRoom(spaceId: string): Room | undefined {
  return rooms.get(spaceId)
}

export function clearRooms(): void {
  rooms.clear()
  refreshed.clear()
}

export function forgetRoom(spaceId: string): void {
  const found = rooms.get(spaceId)
  if (found) found.error = new ApiError(404, "space.not_found", "", false)
}

export function timelines(): Map<string, Timeline> {
  return new Map([...rooms].map(([id, found]) => [id, found.timeline]))
}

/** Loads a space and its newest page; messages that arrive meanwhile wait in the timeline. */
export async function enterRoom(spaceId: string): Promise<Room> {
  const found = room(spaceId)
  found.error = null
  try {
    const space = await getSpace(spaceId)
    found.space = space
    if (!found.timeline.loaded) {
      const page = await listMessages(spaceId, { before_seq: space.last_seq + 1, limit: PAGE })
      open(found.timeline, page.items, page.has_more ?? false, space.last_seq)
    }
  } catch (error) {
    found.error = error
  }
  return found
}

/** Members, read marks and actions again; the "+" menu depends on the state of the order. */
export async function refreshRoom(spaceId: string): Promise<void> {
  const found = rooms.get(spaceId)
  if (!found?.space) return
  try {
    found.space = await getSpace(spaceId)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) found.error = error
  }
}

/** Loads an older page; while one is on its way, waits for that one. */
export function loadOlder(found: Room, limit: number = PAGE): Promise<void> {
  const running = older.get(found.id)
  if (running) return running
  const first = found.timeline.items[0]
  if (!found.timeline.hasOlder || !first) return Promise.resolve()
  const work = fetchOlder(found, first.seq, limit).finally(() => older.delete(found.id))
  older.set(found.id, work)
  return work
}

async function fetchOlder(found: Room, before: number, limit: number): Promise<void> {
  found.loadingOlder = true
  try {
    const page = await listMessages(found.id, { before_seq: before, limit })
    prepend(found.timeline, page.items, page.has_more ?? false)
  } finally {
    found.loadingOlder = false
  }
}

/** Loads as far back as a message, and answers it; undefined when it is not to be had. */
export async function reach(found: Room, seq: number): Promise<Message | undefined> {
  while (found.timeline.hasOlder && seq < (found.timeline.items[0]?.seq ?? 0)) await loadOlder(found, FAR_PAGE)
  return find(found.timeline, seq)
}

/** Answers whether a hole was found that a sync must fill. */
export function receive(message: Message): boolean {
  const found = rooms.get(message.space_id)
  if (!found) return false
  if (message.sender.user_id) delete found.typing[message.sender.user_id]
  // Whoever opened the chat while a message was held has not got its words.
  if (message.type === "notice" && message.body.code === "content.released") {
    const released = find(found.timeline, Number(message.body.seq))
    if (released && !Object.keys(released.body).length) void refreshMessage(released).catch(() => undefined)
  }
  return append(found.timeline, [message]).hole
}

/** The links in a message live for minutes: fetches it again, at most once in a while. */
export async function refreshMessage(message: Message): Promise<void> {
  const found = rooms.get(message.space_id)
  const key = `${message.space_id}/${message.seq}`
  const last = refreshed.get(key) ?? 0
  if (!found || Date.now() - last < REFRESH_MS) return
  refreshed.set(key, Date.now())
  const page = await listMessages(message.space_id, { after_seq: message.seq - 1, limit: 1 })
  append(found.timeline, page.items)
}

export function noteRead(spaceId: string, userId: string, seq: number): void {
  const member = rooms.get(spaceId)?.space?.members.find((m) => m.user_id === userId)
  if (member && seq > member.read_seq) member.read_seq = seq
}

export function notePresence(userId: string, online: boolean): void {
  for (const found of rooms.values()) {
    for (const member of found.space?.members ?? []) {
      if (member.user_id === userId) member.online = online
    }
  }
}

export function noteTyping(spaceId: string, userId: string, typing: boolean): void {
  const found = rooms.get(spaceId)
  if (!found) return
  if (typing) found.typing[userId] = Date.now() + 6000
  else delete found.typing[userId]
}

export function messageAt(spaceId: string, seq: number): Message | undefined {
  const found = rooms.get(spaceId)
  return found && find(found.timeline, seq)
}
