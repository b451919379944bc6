/** Catching up after an absence: one trip for all known spaces, repeated until nothing is left. */
import { ApiError } from "../api/errors"
import { postSync } from "../api/spaces"
import type { SyncAnswer } from "../api/types"
import { append } from "../chat/timeline"
import { discard } from "../stores/outbox"
import { forgetRoom, knownRoom, openRooms, refreshRoom, timelines } from "../stores/rooms"
import { forgetSpace, loadSpaces, noteSync, spaces } from "../stores/spaces"
import { batches, syncCursors } from "./cursors"
import { connection, emit, restart } from "./socket"

const SPACES_A_TRIP = 100
const ACK_MS = 8000

let running = false
let again = false

/** Asks for a sync; several wishes at once cost one. */
export function syncSoon(): void {
  again = true
  if (!running) void run()
}

/**
 * After a (re)connection: the server has already joined us to our spaces, so nothing slips between join and fetch.
 * Spaces that are new are in no cursor: the list tells of them.
 */
export async function catchUp(): Promise<void> {
  if (spaces.loaded || openRooms().length) syncSoon()
  await loadSpaces()
  for (const room of openRooms()) void refreshRoom(room.id)
}

async function run(): Promise<void> {
  running = true
  try {
    while (again) {
      again = false
      await syncAll()
    }
  } catch (error) {
    again = false
    // A socket that answers no sync is dead, whatever it says; the next connection syncs again.
    if (error instanceof ApiError && error.code === "timeout" && connection.online) restart()
    else setTimeout(syncSoon, 3000)
  } finally {
    running = false
  }
}

async function syncAll(): Promise<void> {
  const cursors = syncCursors(spaces.byId.values(), timelines())
  for (const batch of batches(cursors, SPACES_A_TRIP)) {
    let left = batch
    while (Object.keys(left).length) left = take(await ask(left))
  }
}

function ask(cursors: Record<string, number>): Promise<SyncAnswer> {
  return connection.online ? emit<SyncAnswer>("sync", { spaces: cursors }, ACK_MS) : postSync(cursors)
}

/** Takes an answer in; returns the cursors of the spaces that have more. */
function take(answer: SyncAnswer): Record<string, number> {
  const left: Record<string, number> = {}
  for (const [id, synced] of Object.entries(answer.spaces)) {
    const room = knownRoom(id)
    if (room) append(room.timeline, synced.messages)
    for (const message of synced.messages) discard(message.client_msg_id)
    noteSync(id, synced)
    const last = synced.messages[synced.messages.length - 1]
    if (synced.has_more && last) left[id] = last.seq
  }
  for (const id of answer.gone) {
    forgetSpace(id)
    forgetRoom(id)
  }
  return left
}
