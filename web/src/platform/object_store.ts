/** Objects that this phone keeps over a reload, files among them: in IndexedDB, by the field that names them. */

export interface ObjectStore<T> {
  all(): Promise<T[]>
  put(entry: T): Promise<void>
  remove(key: string): Promise<void>
}

const STORE = "entries"

export function openStore<T>(database: string, key: keyof T & string): Promise<ObjectStore<T>> {
  return new Promise((resolve) => {
    // Some browsers refuse IndexedDB in private mode: then what is unsent lives as long as the page.
    const fallback = (): void => resolve(memoryStore<T>(key))
    if (typeof indexedDB === "undefined") return fallback()
    const request = indexedDB.open(database, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: key })
    request.onerror = fallback
    request.onblocked = fallback
    request.onsuccess = () => resolve(databaseStore<T>(request.result))
  })
}

function databaseStore<T>(database: IDBDatabase): ObjectStore<T> {
  const run = <R>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = work(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  return {
    all: () => run("readonly", (store) => store.getAll() as IDBRequest<T[]>),
    put: async (entry) => void (await run("readwrite", (store) => store.put(entry))),
    remove: async (key) => void (await run("readwrite", (store) => store.delete(key))),
  }
}

export function memoryStore<T>(key: keyof T & string): ObjectStore<T> {
  const entries = new Map<string, T>()
  return {
    all: async () => [...entries.values()],
    put: async (entry) => void entries.set(String(entry[key]), entry),
    remove: async (name) => void entries.delete(name),
  }
}
