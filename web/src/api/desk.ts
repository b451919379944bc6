/** What support and ops see of everything: what waits, who is who, all spaces, what is held for review. */
import { call } from "./http"
import type { NoticeChannel } from "./notices"
import type { Body, Message, MessageType, Page, Role } from "./types"
import type { OrderStatus } from "./orderTypes"

const id = encodeURIComponent

/** Counted up to 1,000; what this person may not see is null. */
export interface DeskSummary {
  work_items: number
  urgent_work_items: number
  disputes: number
  proposed_disputes: number
  orders_without_lawyer: number
  content_holds: number
  settlements: number | null
}

export interface DeskPerson {
  id: string
  display_name: string
  roles: Role[]
  phone_masked: string | null
  firm_id: string | null
}

export interface DeskSpace {
  id: string
  order_id: string
  order_number: string | null
  order_status: OrderStatus | null
  title: string
  members: { user_id: string; role: Role; display_name: string }[]
  created_at: string
  closed_at?: string | null
}

export type HoldState = "held" | "released" | "upheld"

export interface Hold {
  id: string
  space_id: string
  seq: number
  type: MessageType
  state: HoldState
  label_text: string
  suggestion: "review" | "risky" | null
  sent_at: string
  held_at: string | null
  reviewed_at: string | null
}

export interface NoticeStatistics {
  first: string
  last: string
  told: number
  read: number
  kinds: {
    kind: string
    told: number
    read: number
    median_seconds_to_read: number | null
    channels: { channel: NoticeChannel; state: string; cause: string | null; count: number }[]
  }[]
}

export const getSummary = (): Promise<DeskSummary> => call("GET", "/desk/summary")

/** Clients are found by a whole phone number or an order's number only. */
export const findPeople = (role: Role, q?: string, cursor?: string): Promise<Page<DeskPerson>> =>
  call("GET", "/desk/people", { query: { role, q, cursor } })

export const listDeskSpaces = (q?: string, cursor?: string): Promise<Page<DeskSpace>> =>
  call("GET", "/desk/spaces", { query: { q: q || undefined, cursor } })

/** Every reading is written down. */
export const deskSpace = (spaceId: string): Promise<DeskSpace> => call("GET", `/desk/spaces/${id(spaceId)}`)
export const readSpace = (spaceId: string, before?: number): Promise<Page<Message>> =>
  call("GET", `/desk/spaces/${id(spaceId)}/messages`, { query: { before_seq: before } })

export const listHolds = (state: HoldState, cursor?: string): Promise<Page<Hold>> =>
  call("GET", "/desk/content-holds", { query: { state, cursor } })

/** Every reading is written down. */
export const readHold = (holdId: string): Promise<{ hold: Hold; body: Body; sender_name: string; space_title: string }> =>
  call("GET", `/desk/content-holds/${id(holdId)}`)

export const decideHold = (holdId: string, decision: "release" | "uphold", reason: string): Promise<Hold> =>
  call("POST", `/desk/content-holds/${id(holdId)}/decision`, { body: { decision, reason } })

export const noticeStatistics = (first: string, last: string): Promise<NoticeStatistics> =>
  call("GET", "/desk/notice-statistics", { query: { first, last } })
