/** Where unsent messages live: IndexedDB, since it keeps files too. */
import type { OutboxEntry } from "./outbox"

export interface OutboxStorage {
  all(): Promise<OutboxEntry[]>
  put(entry: OutboxEntry): Promise<void>
  remove(clientMsgId: string): Promise<void>
}

const STORE = "entries"

export function openOutboxStorage(): Promise<OutboxStorage> {
  return new Promise((resolve) => {
    // Some browsers refuse IndexedDB in private mode: then unsent messages live as long as the page.
    const fallback = (): void => resolve(memoryStorage())
    if (typeof indexedDB === "undefined") return fallback()
    const request = indexedDB.open("casespace-outbox", 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_msg_id" })
    request.onerror = fallback
    request.onblocked = fallback
    request.onsuccess = () => resolve(databaseStorage(request.result))
  })
}

function databaseStorage(database: IDBDatabase): OutboxStorage {
  const run = <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = work(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  return {
    all: () => run("readonly", (store) => store.getAll() as IDBRequest<OutboxEntry[]>),
    put: async (entry) => void (await run("readwrite", (store) => store.put(entry))),
    remove: async (id) => void (await run("readwrite", (store) => store.delete(id))),
  }
}

export function memoryStorage(): OutboxStorage {
  const entries = new Map<string, OutboxEntry>()
  return {
    all: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.client_msg_id, entry),
    remove: async (id) => void entries.delete(id),
  }
}
