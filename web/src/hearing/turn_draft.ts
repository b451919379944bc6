/**
 * A turn in the making, kept on this phone until the server has it: the words at once, what goes along with them as
 * soon as it is there. It outlives the page, the browser and a lost network, and comes back where it was begun.
 */
import type { LocalFile } from "../api/files"
import type { ObjectStore } from "../platform/object_store"

/** `file_id`: once it is uploaded, so that a repeat names the same file. `duration_ms`: of a recording. */
export interface TurnFile extends LocalFile {
  file_id: string
  duration_ms: number | null
}

/** `key`: the same turn that is sent again after a lost answer must not be taken twice. */
export interface TurnWords {
  key: string
  text: string
  question_id: string | null
}

export interface KeptFile {
  id: string
  file: TurnFile
}

/** The part of `localStorage` that is needed here. */
export interface Words {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

const PREFIX = "casespace.turn."

export class TurnKeeper {
  constructor(
    private readonly words: Words,
    private readonly files: Promise<ObjectStore<KeptFile>>,
  ) {}

  async load(userId: string, hearingId: string): Promise<{ words: TurnWords | null; file: TurnFile | null }> {
    const id = `${userId}.${hearingId}`
    const kept = (await (await this.files).all()).find((one) => one.id === id)
    return { words: parsed(this.words.getItem(PREFIX + id)), file: kept?.file ?? null }
  }

  /** What is empty, and answers nothing that could still be sent, is not kept. */
  keepWords(userId: string, hearingId: string, words: TurnWords, has_file: boolean): void {
    const name = `${PREFIX}${userId}.${hearingId}`
    if (words.text || has_file) this.words.setItem(name, JSON.stringify(words))
    else this.words.removeItem(name)
  }

  async keepFile(userId: string, hearingId: string, file: TurnFile | null): Promise<void> {
    const id = `${userId}.${hearingId}`
    const store = await this.files
    await (file ? store.put({ id, file }) : store.remove(id))
  }

  /** Signing out on purpose leaves nothing of the person on the phone. */
  async erase(userId: string, names: string[]): Promise<void> {
    for (const name of names.filter((one) => one.startsWith(`${PREFIX}${userId}.`))) this.words.removeItem(name)
    const store = await this.files
    const mine = (await store.all()).filter((one) => one.id.startsWith(`${userId}.`))
    await Promise.all(mine.map((one) => store.remove(one.id)))
  }
}

function parsed(kept: string | null): TurnWords | null {
  try {
    return kept ? (JSON.parse(kept) as TurnWords) : null
  } catch {
    return null
  }
}
