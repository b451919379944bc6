/**
 * The signed-in session of this browser. It lives in localStorage, shared by all tabs; renewal is single-flight across
 * them, because a refresh token is good for one use and a second use would end the whole session.
 */
import { ApiError } from "./errors"
import type { Grant, User } from "./types"

const KEY = "casespace.session"

export interface StoredSession {
  access_token: string
  refresh_token: string
  /** Epoch milliseconds. */
  expires_at: number
  user: User
}

type Listener = (session: StoredSession | null) => void
const listeners = new Set<Listener>()
let cached: StoredSession | null | undefined

export function loadSession(): StoredSession | null {
  if (cached === undefined) cached = parse(localStorage.getItem(KEY))
  return cached
}

export function storeGrant(grant: Grant): StoredSession {
  const session: StoredSession = {
    access_token: grant.access_token,
    refresh_token: grant.refresh_token,
    expires_at: Date.now() + grant.expires_in * 1000,
    user: grant.user,
  }
  replace(session)
  return session
}

export function storeUser(user: User): void {
  const session = loadSession()
  if (session) replace({ ...session, user })
}

export function clearSession(): void {
  replace(null)
}

export function onSession(listener: Listener): void {
  listeners.add(listener)
}

export function currentToken(): string | null {
  return loadSession()?.access_token ?? null
}

/** A token that will still be good for a minute; renews when it would not. Null when nobody is signed in. */
export async function freshToken(): Promise<string | null> {
  const session = loadSession()
  if (!session) return null
  if (session.expires_at - Date.now() > 60_000) return session.access_token
  return refreshToken(session.access_token)
}

/** Exchanges the refresh token, unless another tab has already replaced `used`. */
export function refreshToken(used: string): Promise<string> {
  inFlight ??= exclusively(() => renew(used)).finally(() => {
    inFlight = null
  })
  return inFlight
}

let inFlight: Promise<string> | null = null

async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator) || !navigator.locks) return work()
  return (await navigator.locks.request("casespace.refresh", work)) as T
}

async function renew(used: string): Promise<string> {
  cached = undefined
  const session = loadSession()
  if (!session) throw new ApiError(401, "auth.required", "", false)
  if (session.access_token !== used) return session.access_token
  const response = await post(session.refresh_token)
  if (response.ok) return storeGrant((await response.json()) as Grant).access_token
  if (response.status >= 500 || response.status === 429) throw new ApiError(response.status, "internal", "", true)
  clearSession()
  throw new ApiError(401, "auth.token_expired", "", false)
}

async function post(refreshToken: string): Promise<Response> {
  try {
    return await fetch("/api/v1/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token: refreshToken }),
      credentials: "omit",
    })
  } catch {
    throw new ApiError(0, "network", "", true)
  }
}

function replace(session: StoredSession | null): void {
  cached = session
  if (session) localStorage.setItem(KEY, JSON.stringify(session))
  else localStorage.removeItem(KEY)
  for (const listener of listeners) listener(session)
}

function parse(text: string | null): StoredSession | null {
  if (!text) return null
  try {
    return JSON.parse(text) as StoredSession
  } catch {
    // Written by something else, or cut off: as good as signed out.
    return null
  }
}

/** Other tabs sign in, renew and sign out too. */
export function watchOtherTabs(): void {
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== null) return
    cached = undefined
    const session = loadSession()
    for (const listener of listeners) listener(session)
  })
}
