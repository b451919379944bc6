/** Keeps the screen on: a phone that locks itself suspends the microphone (Screen Wake Lock API). */

let wanted = false
let lock: WakeLockSentinel | null = null

export function stayAwake(): void {
  wanted = true
  document.addEventListener("visibilitychange", again)
  void take()
}

export function maySleep(): void {
  wanted = false
  document.removeEventListener("visibilitychange", again)
  lock?.release().catch(() => undefined)
  lock = null
}

// The browser takes the lock back whenever the page is hidden.
function again(): void {
  if (document.visibilityState === "visible") void take()
}

async function take(): Promise<void> {
  if (!wanted || !("wakeLock" in navigator)) return
  try {
    lock = await navigator.wakeLock.request("screen")
    if (!wanted) maySleep()
  } catch {
    // Low battery or an old web-view: the hearing goes on without, and the page says to keep the screen on.
    lock = null
  }
}

/** Whether this browser can keep the screen on at all. */
export const canStayAwake = (): boolean => "wakeLock" in navigator
