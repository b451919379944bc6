import { call } from "./http"
import type { Page } from "./types"

export interface Lawyer {
  id: string
  display_name: string
  profile?: { firm?: string; areas?: string[] } | null
}

/** What a new member sees of the record: all of it, or what comes from now on. */
export type Since = "start" | "now"

const id = encodeURIComponent

export const listLawyers = (cursor?: string): Promise<Page<Lawyer>> =>
  call("GET", "/lawyers", { query: { limit: 100, cursor }, anonymous: true })

/** Who may be let into a case: the client's opponents never are. */
export type JoiningRole = "lawyer" | "support" | "reviewer"

/** A repeat for a member changes nothing. */
export const addMember = (spaceId: string, userId: string, role: JoiningRole, since: Since): Promise<void> =>
  call("POST", `/spaces/${id(spaceId)}/members`, { body: { user_id: userId, role, from: since } })

/** Support and ops: no more is written in a space whose case is over, or again. */
export const closeSpace = (spaceId: string): Promise<void> => call("POST", `/spaces/${id(spaceId)}/close`)
export const reopenSpace = (spaceId: string): Promise<void> => call("POST", `/spaces/${id(spaceId)}/reopen`)
/** A member of a closed space asks support to open it again. */
export const askReopening = (spaceId: string): Promise<void> => call("POST", `/spaces/${id(spaceId)}/reopening-requests`)

export const removeMember = (spaceId: string, userId: string): Promise<void> =>
  call("DELETE", `/spaces/${id(spaceId)}/members/${id(userId)}`)
