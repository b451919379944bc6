/** Staff notes of the spaces opened on this page. Only a dense run of them is shown, as with messages. */
import { reactive } from "vue"
import { listNotes, postNote } from "../api/spaces"
import type { Note } from "../api/types"

export interface Notebook {
  /** Ascending. */
  items: Note[]
  /** Up to which seq they have been looked at on this page; null until the first page came. */
  seen: number | null
  hasOlder: boolean
  loaded: boolean
  error: unknown
}

const books = reactive(new Map<string, Notebook>())

export function notebook(spaceId: string): Notebook {
  if (!books.has(spaceId)) books.set(spaceId, { items: [], seen: null, hasOlder: false, loaded: false, error: null })
  return books.get(spaceId) as Notebook
}

export const lastNote = (book: Notebook): Note | undefined => book.items[book.items.length - 1]

/** The newest page, or what is new since the last one that is known. */
export async function loadNotes(spaceId: string): Promise<void> {
  const book = notebook(spaceId)
  try {
    let more = true
    while (more) {
      const last = lastNote(book)
      const page = await listNotes(spaceId, last ? { after_seq: last.seq } : {})
      if (!last) book.hasOlder = page.has_more ?? false
      add(book, page.items)
      more = Boolean(last && page.has_more && page.items.length)
    }
    book.seen ??= lastNote(book)?.seq ?? 0
    book.loaded = true
    book.error = null
  } catch (error) {
    book.error = error
  }
}

export async function olderNotes(spaceId: string): Promise<void> {
  const book = notebook(spaceId)
  const first = book.items[0]
  if (!first || !book.hasOlder) return
  const page = await listNotes(spaceId, { before_seq: first.seq })
  book.hasOlder = page.has_more ?? false
  add(book, page.items)
}

/** Throws ApiError. The same id makes a repeated attempt harmless. */
export async function writeNote(spaceId: string, id: string, text: string): Promise<void> {
  takeNote(await postNote(spaceId, id, text))
}

/** One that came live or as an answer; behind a gap it is fetched with what is missing. */
export function takeNote(note: Note): void {
  const book = books.get(note.space_id)
  if (!book) return
  // A first page that is on its way may have been read before this one was written.
  if (!book.loaded) void loadNotes(note.space_id)
  else if (note.seq <= (lastNote(book)?.seq ?? 0) + 1 || !book.items.length) add(book, [note])
  else void loadNotes(note.space_id)
}

export function seeNotes(spaceId: string): void {
  const book = notebook(spaceId)
  book.seen = lastNote(book)?.seq ?? book.seen
}

/** After a (re)connection: hints that were missed are not repeated. */
export function catchUpNotes(): void {
  for (const id of books.keys()) void loadNotes(id)
}

export function clearNotes(): void {
  books.clear()
}

function add(book: Notebook, notes: Note[]): void {
  const bySeq = new Map([...book.items, ...notes].map((note) => [note.seq, note]))
  book.items = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}
