/** The one socket of this page. Reconnects by itself; says who must be asked again after each (re)connection. */
import { io, type Socket } from "socket.io-client"
import { reactive } from "vue"
import { refreshMe } from "../api/auth"
import { ApiError } from "../api/errors"
import { freshToken, loadSession } from "../api/tokens"

const ACK_MS = 10_000

interface Ack {
  ok: boolean
  data?: unknown
  error?: { code: string; message: string; retryable: boolean }
}

/** `down` since when (epoch ms), or null while the socket lives. */
export const connection = reactive({ online: false, everOnline: false, downSince: Date.now() as number | null })

let socket: Socket | null = null
let refusals = 0
const onlineHooks = new Set<() => void>()
const handlers = new Map<string, (payload: never) => void>()

export function onOnline(hook: () => void): void {
  onlineHooks.add(hook)
}

/** Registers the one handler of a server event; called before `connect`. */
export function onEvent<T>(event: string, handler: (payload: T) => void): void {
  handlers.set(event, handler as (payload: never) => void)
}

export function connect(): void {
  if (socket) return
  socket = io({
    transports: ["websocket"],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    auth: (give) => {
      freshToken().then(
        (token) => give({ token: token ?? "" }),
        // No network to renew with: the server refuses the old token, and `refused` tries again.
        () => give({ token: loadSession()?.access_token ?? "" }),
      )
    },
  })
  socket.on("connect", cameOnline)
  socket.on("disconnect", (reason) => {
    wentOffline()
    // The server closes sockets on sign-out and role changes: ask it who we are before coming back.
    if (reason === "io server disconnect") void refused()
  })
  socket.on("connect_error", () => {
    wentOffline()
    // Inactive means that the server itself said no; otherwise the library is already trying again.
    if (socket && !socket.active) void refused()
  })
  for (const [event, handler] of handlers) socket.on(event, handler as (payload: unknown) => void)
}

export function disconnect(): void {
  socket?.removeAllListeners()
  socket?.disconnect()
  socket = null
  wentOffline()
  connection.everOnline = false
}

/** Skips the pause of the reconnection: the phone woke up or found a network. */
export function hurry(): void {
  if (socket && !socket.connected) socket.disconnect().connect()
}

/** Drops a socket that answers nothing any more. */
export function restart(): void {
  socket?.disconnect().connect()
}

/** Sends an event and answers the data of its ack, or throws ApiError. Never queues behind a dead connection. */
export async function emit<T>(event: string, payload: unknown, timeout: number = ACK_MS): Promise<T> {
  if (!socket?.connected) throw new ApiError(0, "network", "", true)
  let ack: Ack
  try {
    ack = (await socket.timeout(timeout).emitWithAck(event, payload)) as Ack
  } catch {
    throw new ApiError(0, "timeout", "", true)
  }
  if (ack.ok) return ack.data as T
  const error = ack.error
  throw new ApiError(400, error?.code ?? "unknown", error?.message ?? "", error?.retryable ?? false)
}

function cameOnline(): void {
  refusals = 0
  connection.online = true
  connection.everOnline = true
  connection.downSince = null
  for (const hook of onlineHooks) hook()
}

function wentOffline(): void {
  connection.online = false
  connection.downSince ??= Date.now()
}

async function refused(): Promise<void> {
  refusals += 1
  try {
    await refreshMe()
  } catch (error) {
    // Signed out by the server: the session store has already sent the person to the sign-in page.
    if (error instanceof ApiError && error.status === 401) return
  }
  setTimeout(() => socket && !socket.connected && socket.connect(), Math.min(30_000, 500 * 2 ** refusals))
}
