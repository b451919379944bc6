/** The shapes of the product's wire contract that this client reads. Times are RFC 3339, money is integer fen. */

import type { Profile } from "./staff"

export type Role = "client" | "lawyer" | "support" | "reviewer" | "presider" | "clerk" | "ops" | "system"

export interface User {
  id: string
  display_name: string
  roles: Role[]
  phone_masked?: string | null
  /** A lawyer's public card. */
  profile?: Profile | null
  verified?: boolean
}

export interface Grant {
  access_token: string
  refresh_token: string
  expires_in: number
  user: User
}

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
  has_more?: boolean
}

export interface Person {
  user_id: string
  display_name: string
}

/** A file of a space. `url` is good for some minutes, without a token. */
export interface StoredFile {
  id: string
  name: string
  content_type: string
  size: number
  /** The original, byte for byte, unless it is masked. */
  url?: string | null
  /** Of images: what every browser shows. */
  preview_url?: string | null
  /** Of a recording: the copy that every phone can play. */
  play_url?: string | null
  /** A paper that identifies somebody: every link gives a copy with numbers, address and portrait covered. */
  masked?: boolean
  opens_original?: boolean
  /** Whether the person may say that it is such a paper, or that it is none. */
  marks?: boolean
}

export interface Sender {
  user_id: string | null
  role: Role
  display_name: string
}

export type MessageType =
  | "text"
  | "image"
  | "voice"
  | "file"
  | "location"
  | "contact"
  | "card"
  | "notice"
  | "card_update"
  | "recall"

export type Body = Record<string, unknown>

export interface Message {
  id: string
  space_id: string
  seq: number
  client_msg_id: string
  sender: Sender
  type: MessageType
  body: Body
  reply_to?: { seq: number } | null
  mentions?: string[]
  sent_at: string
  hash?: string
  recalled?: boolean
  purged?: boolean
  /** Under review: without a body for all but its sender and staff. */
  held?: boolean
}

export interface SpaceSummary {
  id: string
  title: string
  order_id?: string
  last_seq: number
  read_seq: number
  unread: number
  last_message?: Message | null
  updated_at?: string
  closed_at?: string | null
  client_name?: string | null
  lawyer_name?: string | null
}

export interface Member {
  user_id: string
  role: Role
  display_name: string
  first_seq: number
  read_seq: number
  online: boolean
  /** Has proven who they are (实名认证). */
  verified?: boolean
  /** Was a member once; their messages still bear their name. */
  left?: boolean
}

export interface SpaceAction {
  code: string
  label: string
  icon?: string
}

export interface Space {
  id: string
  order_id: string
  title: string
  /** The space is this hearing's own. */
  hearing_id?: string | null
  members: Member[]
  actions: SpaceAction[]
  last_seq: number
  read_seq: number
  unread: number
  closed_at?: string | null
}

/** What staff say among themselves. `seq` counts notes only. */
export interface Note {
  space_id: string
  seq: number
  client_msg_id: string
  sender: Sender
  text: string
  sent_at: string
}

/** A message that was found, and where: offsets count UTF-16 units, as JavaScript does. */
export interface SearchHit {
  message: Message
  highlights: { field: string; start: number; length: number }[]
  /** What the paper behind a card says, around the first term. */
  excerpt?: string | null
}

export interface SearchPage {
  items: SearchHit[]
  next_before_seq?: number | null
  has_more?: boolean
}

export interface SyncedSpace {
  messages: Message[]
  last_seq: number
  read_seq: number
  unread: number
  has_more: boolean
}

export interface SyncAnswer {
  spaces: Record<string, SyncedSpace>
  gone: string[]
  server_time: string
}

export interface UploadGrant {
  file_id: string
  upload: {
    method: "POST"
    url: string
    fields: Record<string, string>
    file_field: string
    expires_at: string
  }
}

export interface DemoStaff {
  login: string
  password: string
  otp_secret?: string | null
  display_name?: string
  roles: Role[]
}

export interface DemoClient {
  openid: string
  display_name: string
  phone: string
}

export interface ClientConfig {
  environment: string
  sandbox_path: string | null
  demo: { clients: DemoClient[]; staff: DemoStaff[] } | null
  upload_max_bytes?: number
  recall_seconds?: number
}

export interface SendCommand {
  space_id: string
  client_msg_id: string
  type: MessageType
  body: Body
  reply_to?: { seq: number }
  mentions?: string[]
}
