/** The list of the person's case spaces, kept live by events and by sync. */
import { computed, reactive } from "vue"
import { getSpace, listSpaces } from "../api/spaces"
import type { Message, SpaceSummary, SyncedSpace } from "../api/types"
import { countsAsUnread, isNews } from "../chat/preview"
import { myId } from "./session"

export const spaces = reactive({
  byId: new Map<string, SpaceSummary>(),
  loaded: false,
  loading: false,
  error: null as unknown,
})

const activity = (space: SpaceSummary): number =>
  Date.parse(space.last_message?.sent_at ?? space.updated_at ?? "") || 0

export const sortedSpaces = computed(() => [...spaces.byId.values()].sort((a, b) => activity(b) - activity(a)))
export const totalUnread = computed(() => [...spaces.byId.values()].reduce((sum, space) => sum + space.unread, 0))

let reload = false

/** Loads the list; a wish that comes while it is being loaded loads it once more. */
export async function loadSpaces(): Promise<void> {
  if (spaces.loading) {
    reload = true
    return
  }
  spaces.loading = true
  try {
    do {
      reload = false
      const found = await allPages()
      spaces.byId = new Map(found.map((space) => [space.id, fresher(space)]))
    } while (reload)
    spaces.loaded = true
    spaces.error = null
  } catch (error) {
    spaces.error = error
  } finally {
    spaces.loading = false
  }
}

async function allPages(): Promise<SpaceSummary[]> {
  const found: SpaceSummary[] = []
  let cursor: string | undefined
  do {
    const page = await listSpaces(cursor)
    found.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return found
}

// A message may have come live after the server wrote the list.
function fresher(listed: SpaceSummary): SpaceSummary {
  const known = spaces.byId.get(listed.id)
  return known && known.last_seq > listed.last_seq ? known : listed
}

export function clearSpaces(): void {
  spaces.byId = new Map()
  spaces.loaded = false
  spaces.error = null
}

/** A live message. Repeats and late ones change nothing. */
export function noteMessage(message: Message): void {
  const space = spaces.byId.get(message.space_id)
  if (!space) return void learnSpace(message.space_id)
  if (message.seq <= space.last_seq) return
  space.last_seq = message.seq
  if (isNews(message)) space.last_message = message
  if (countsAsUnread(message, myId.value)) space.unread += 1
}

/** What a sync says is the truth. */
export function noteSync(spaceId: string, synced: SyncedSpace): void {
  const space = spaces.byId.get(spaceId)
  if (!space) return
  const news = synced.messages.filter((message) => isNews(message) && message.seq > (space.last_message?.seq ?? 0))
  space.last_message = news[news.length - 1] ?? space.last_message
  space.last_seq = Math.max(space.last_seq, synced.messages[synced.messages.length - 1]?.seq ?? 0)
  space.read_seq = synced.read_seq
  space.unread = synced.unread
}

/** Read on this phone or on another device of the same person. */
export function markRead(spaceId: string, seq: number): void {
  const space = spaces.byId.get(spaceId)
  if (!space || seq <= space.read_seq) return
  space.read_seq = seq
  if (seq >= space.last_seq) space.unread = 0
}

export function forgetSpace(spaceId: string): void {
  spaces.byId.delete(spaceId)
}

/** A space that appeared after the list was loaded: the list itself knows its numbers best. */
export async function learnSpace(spaceId: string): Promise<void> {
  if (spaces.byId.has(spaceId)) {
    const space = await getSpace(spaceId)
    const known = spaces.byId.get(spaceId)
    if (known) Object.assign(known, { title: space.title, closed_at: space.closed_at ?? null })
    return
  }
  await loadSpaces()
}
