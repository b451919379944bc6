/**
 * A part of the page that cannot be fetched. After an update it has another name, and a browser may remember a failure for
 * good: both are healed by loading the page anew. Once: where that did not help, the person is told.
 */
const KEY = "casespace.reloaded"
const AGAIN_MS = 60_000

/** Whether the server answers at all: without a network a new page would be an empty one. */
async function reachable(): Promise<boolean> {
  try {
    return (await fetch("/", { method: "HEAD", cache: "no-store" })).ok
  } catch {
    return false
  }
}

/** Whether the page may be loaded anew now; notes that it was. */
export function mayReload(kept: Pick<Storage, "getItem" | "setItem">, now: number): boolean {
  const last = Number(kept.getItem(KEY))
  if (last && now - last < AGAIN_MS && now >= last) return false
  kept.setItem(KEY, String(now))
  return true
}

/** Open the address by a new page. False when that cannot help now. */
export async function openAnew(path: string): Promise<boolean> {
  if (!(await reachable()) || !mayReload(sessionStorage, Date.now())) return false
  location.assign(path)
  return true
}
