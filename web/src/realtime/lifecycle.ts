/** When to connect, to catch up and to let go: sign-in and sign-out, waking phones, networks that come and go. */
import { watch } from "vue"
import { loadConfig } from "../stores/config"
import { clearExports } from "../stores/exports"
import { catchUpNotes, clearNotes } from "../stores/notes"
import { clearNotices, loadNotices } from "../stores/notices"
import { loadOutbox, putAsideOutbox } from "../stores/outbox"
import { clearRooms } from "../stores/rooms"
import { myId } from "../stores/session"
import { clearSpaces } from "../stores/spaces"
import { registerEvents } from "./events"
import { connect, connection, disconnect, hurry, onOnline } from "./socket"
import { catchUp, syncSoon } from "./sync"

const POLL_MS = 10_000

export function startRealtime(): void {
  registerEvents()
  onOnline(() => {
    void catchUp()
    void loadNotices()
    catchUpNotes()
  })
  watch(myId, signedInAs, { immediate: true })
  window.addEventListener("online", hurry)
  document.addEventListener("visibilitychange", wake)
  setInterval(poll, POLL_MS)
}

function signedInAs(id: string, before?: string): void {
  if (before) {
    disconnect()
    clearRooms()
    clearSpaces()
    clearExports()
    clearNotices()
    clearNotes()
    putAsideOutbox()
  }
  if (!id) return
  connect()
  void loadOutbox()
  void loadNotices()
  // Limits only: the server holds them too.
  loadConfig().catch(() => undefined)
}

// Phones freeze pages in the background and cut their sockets without telling them.
function wake(): void {
  if (document.visibilityState !== "visible" || !myId.value) return
  if (connection.online) syncSoon()
  else hurry()
}

// Where no websocket gets through, messages still come, only later.
function poll(): void {
  const down = connection.downSince === null ? 0 : Date.now() - connection.downSince
  if (myId.value && down > POLL_MS && navigator.onLine && document.visibilityState === "visible") void catchUp()
}
