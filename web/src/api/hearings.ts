/** Hearings as the wire has them; what they mean is in docs/protocol.md. */
import { call, request } from "./http"
import type { Page } from "./types"

export type HearingKind = "court" | "mediation" | "arbitration"
export type HearingMode = "live" | "asynchronous"
export type HearingRole = "presider" | "clerk" | "party" | "counsel" | "witness" | "observer"
export type HearingPlace = "outside" | "waiting" | "court" | "side"
export type IdentityState = "unchecked" | "confirmed" | "doubted"
export type UndertakingState = "open" | "signed" | "read" | "exempt" | "refused"
export type AbsenceCause = "left" | "network" | "no_show" | "excused"

export interface Participant {
  user_id: string
  role: HearingRole
  /** As the record calls them: 审判员, 原告, 被告代理人 … */
  title: string
  side: string | null
  display_name: string
  place: HearingPlace
  room: number
  connected: boolean
  identity: IdentityState
  /** Whether their account has proven who they are (实名认证). */
  verified: boolean
  /** Neither their account nor the court says who they are, and acts here ask for it. */
  unproven: boolean
  accepted: boolean
  hand_at: string | null
  floor: boolean
  /** Whether they would be heard if they opened their microphone. */
  may_speak: boolean
  /** Whether they are let through now. */
  mic: boolean
  muted: boolean
  locked: boolean
  refused: boolean
  absence: AbsenceCause | null
  /** Of a witness who has to promise to tell the truth (保证书); null where none is asked for. */
  undertaking: UndertakingState | null
}

/** What a witness signs and reads before they testify; `sha256` is that of the text. */
export interface UndertakingText {
  text: string
  sha256: string
}

export interface ShownEvidence {
  file_id: string
  page: number
  /** How many the file has; null where that is not known. */
  pages: number | null
  by: string
  url: string
}

export interface Segment {
  segment: number
  track: string
  file_id: string
  sha256: string
  started_at: string
}

export interface Stage {
  code: string
  title: string
}

export interface Question {
  id: string
  /** Of the turn that holds its words. */
  number: number
  to_user_id: string
  to_side: string | null
  due_at: string
  state: "open" | "answered" | "lapsed"
  /** Whether the viewer may answer it. */
  mine: boolean
}

export interface PlannedStage {
  stage: string
  title: string
  hours: number
  /** Of each party and each counsel. */
  turns: number
  alternating: boolean
}

export interface Exchange {
  application: { by: string; at: string; state: "open" | "granted" | "declined" | "refused" } | null
  consents: { user_id: string; agreed: boolean | null }[]
  due_at: string | null
  lapsed: boolean
  turns_left: number | null
  /** Whose turn it is, where the sides alternate. */
  turn_side: string | null
  can: string[]
  questions: Question[]
  /** The stages in which people take turns, as they will be open. */
  plan: PlannedStage[]
}

export interface Hearing {
  id: string
  version: number
  kind: HearingKind
  undertaking: UndertakingText | null
  mode: HearingMode
  state: HearingState
  title: string
  space_id: string
  case_space_id: string | null
  starts_at: string
  minutes: number
  public: boolean
  code: string | null
  link: string | null
  stage: string
  stage_title: string
  stage_since: string | null
  next_stages: Stage[]
  participants: Participant[]
  shown: ShownEvidence | null
  /** Whether the court has a recorded discipline, and whether it is being played. */
  announcement: boolean
  announcing: boolean
  recording: { segment: number | null; alarm: string | null }
  recordings: Segment[]
  voice: boolean
  /** How it stands with turns, and what the viewer may do; null for who has no place in its space. */
  exchange?: Exchange | null
  /** When it grows, the media server was replaced: connect the sound anew. */
  voice_epoch: number
  server_time: string
}

export type HearingState = "scheduled" | "in_session" | "recess" | "closed" | "cancelled"

/** A hearing in the list of its case. */
export interface HearingBrief {
  id: string
  title: string
  kind: HearingKind
  mode: HearingMode
  state: HearingState
  stage: string
  stage_title: string
  starts_at: string
  minutes: number
  space_id: string | null
  participant: boolean
}

/** Somebody whom a hearing can be called with; `suits`: what their account allows. */
export interface Candidate {
  user_id: string
  display_name: string
  suits: HearingRole[]
}

/** Whom a hearing can be called with, and how long stages are open when it is held in turns. */
export interface Candidates {
  bench: Candidate[]
  case: Candidate[]
  procedures: { kind: HearingKind; stages: PlannedStage[] }[]
}

export interface HearingTicket {
  ticket: string
  ice_servers: RTCIceServer[]
  expires_at: string
}

export interface BenchLine {
  hearing_id: string
  seq: number
  user_id: string
  text: string
  sent_at: string
}

export interface NewParticipant {
  user_id: string
  role: HearingRole
  side: string | null
}

export interface NewHearing {
  title: string
  kind: HearingKind
  mode: HearingMode
  starts_at: string
  minutes: number
  public: boolean
  /** Of stages that shall not be open as long as the procedure says. */
  hours?: Record<string, number>
  participants: NewParticipant[]
}

const id = encodeURIComponent
const LINES_AT_ONCE = 50

export const listHearings = (cursor?: string): Promise<Page<Hearing>> => call("GET", "/hearings", { query: { cursor } })
export const getHearing = (hearingId: string): Promise<Hearing> => call("GET", `/hearings/${id(hearingId)}`)
export const findHearing = (code: string): Promise<Hearing> => call("POST", "/hearings/find", { body: { code } })

export const observeHearing = (hearingId: string, invitation: string): Promise<Hearing> =>
  call("POST", `/hearings/${id(hearingId)}/observers`, { body: { invitation } })

export const hearingTicket = (hearingId: string): Promise<HearingTicket> =>
  call("POST", `/hearings/${id(hearingId)}/ticket`, { body: {} })

/** A drawn signature under the undertaking of a witness (保证书). */
export const signUndertaking = (hearingId: string, sha256: string, png: string): Promise<Hearing> =>
  call("POST", `/hearings/${id(hearingId)}/undertaking`, { body: { sha256, png } })

export const callHearing = (spaceId: string, body: NewHearing): Promise<Hearing> =>
  call("POST", `/spaces/${id(spaceId)}/hearings`, { body })

export const caseHearings = (spaceId: string, cursor?: string): Promise<Page<HearingBrief>> =>
  call("GET", `/spaces/${id(spaceId)}/hearings`, { query: { cursor } })

export const moveHearing = (hearingId: string, body: { starts_at: string; minutes: number; reason: string }): Promise<Hearing> =>
  call("POST", `/hearings/${id(hearingId)}/reschedule`, { body })

export const cancelHearing = (hearingId: string, reason: string): Promise<Hearing> =>
  call("POST", `/hearings/${id(hearingId)}/cancel`, { body: { reason } })

export const listCandidates = (spaceId: string): Promise<Candidates> =>
  call("GET", `/spaces/${id(spaceId)}/hearing-candidates`)

export const findCandidate = (spaceId: string, phone: string): Promise<Candidate> =>
  call("POST", `/spaces/${id(spaceId)}/hearing-candidates/find`, { body: { phone } })

export const hearingCalendar = async (hearingId: string): Promise<Blob> =>
  (await request("GET", `/hearings/${id(hearingId)}/calendar`)).blob()

/** What was said on the bench's private line, ascending: the newest, or those before a seq. */
export const listLines = (hearingId: string, before?: number): Promise<Page<BenchLine>> =>
  call("GET", `/hearings/${id(hearingId)}/lines`, { query: { before_seq: before, limit: LINES_AT_ONCE } })
