/** What this person is told beside messages: the newest page, more on demand, live ones on top. */
import { reactive } from "vue"
import { listNotices, readNotice, type Notice } from "../api/notices"

export const notices = reactive({
  items: [] as Notice[],
  unread: 0,
  next: null as string | null,
  loaded: false,
  loading: false,
  error: null as unknown,
})

/** Which person's answers still count. */
let era = 0
/** A live one came while a page was on its way that may not know it. */
let outdated = false

export async function loadNotices(): Promise<void> {
  await load(undefined, (items) => items)
}

export async function moreNotices(): Promise<void> {
  if (notices.next && !notices.loading) await load(notices.next, (items) => merged(notices.items, items))
}

async function load(cursor: string | undefined, place: (items: Notice[]) => Notice[]): Promise<void> {
  const mine = era
  notices.loading = true
  try {
    const page = await listNotices(cursor)
    if (mine !== era) return
    notices.items = place(page.items)
    notices.unread = page.unread
    notices.next = page.next_cursor ?? null
    notices.loaded = true
    notices.error = null
  } catch (error) {
    if (mine === era) notices.error = error
  } finally {
    if (mine === era) settle()
  }
}

function settle(): void {
  notices.loading = false
  if (!outdated) return
  outdated = false
  void loadNotices()
}

/** A live one. A repeat changes nothing. */
export function noteNotice(notice: Notice): void {
  if (notices.items.some((known) => known.id === notice.id)) return
  outdated = notices.loading
  notices.items = [notice, ...notices.items]
  notices.unread += 1
}

/** Marks one as read, here at once and on the server; when that fails, the next load tells. */
export async function markNoticeRead(notice: Notice): Promise<void> {
  if (notice.read_at) return
  notice.read_at = new Date().toISOString()
  notices.unread = Math.max(0, notices.unread - 1)
  const mine = era
  const { unread } = await readNotice(notice.id)
  if (mine === era) notices.unread = unread
}

export function clearNotices(): void {
  era += 1
  Object.assign(notices, { items: [], unread: 0, next: null, loaded: false, loading: false, error: null })
}

function merged(known: Notice[], older: Notice[]): Notice[] {
  const ids = new Set(known.map(({ id }) => id))
  return [...known, ...older.filter(({ id }) => !ids.has(id))]
}
