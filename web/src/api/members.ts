import { call } from "./http"
import type { Lawyer, Page, Since } from "./types"

const id = encodeURIComponent

export const listLawyers = (cursor?: string): Promise<Page<Lawyer>> =>
  call("GET", "/lawyers", { query: { limit: 100, cursor }, anonymous: true })

/** A repeat for a member changes nothing. */
export const addLawyer = (spaceId: string, userId: string, since: Since): Promise<void> =>
  call("POST", `/spaces/${id(spaceId)}/members`, { body: { user_id: userId, role: "lawyer", from: since } })

export const removeMember = (spaceId: string, userId: string): Promise<void> =>
  call("DELETE", `/spaces/${id(spaceId)}/members/${id(userId)}`)
