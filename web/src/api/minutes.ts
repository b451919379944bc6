/** The minutes of a hearing (庭审笔录) as the wire has them. `may` says what the viewer can do now. */
import { call, request } from "./http"
import type { HearingRole } from "./hearings"

export type MinutesState = "draft" | "reading" | "final" | "done"
export type MinutesAct =
  | "read"
  | "write"
  | "send"
  | "recall"
  | "object"
  | "answer"
  | "finish"
  | "reopen"
  | "sign"
  | "refuse"
  | "note_refusal"

export interface EntryVersion {
  text: string
  speaker_id: string | null
  at: string
  cause: "written" | "edited" | "corrected"
}

export interface Objection {
  id: string
  by: string
  title: string
  display_name: string
  wanted: string
  at: string
  state: "open" | "corrected" | "refused"
  reason: string | null
}

export interface MinutesEntry {
  id: string
  kind: "procedure" | "speech" | "suggested"
  stage: string
  stage_title: string
  speaker_id: string | null
  speaker: string | null
  text: string
  at: string
  segment: number | null
  offset_ms: number | null
  recording_file_id: string | null
  revision: number
  struck: boolean
  versions: EntryVersion[]
  objections: Objection[]
}

export interface Signer {
  user_id: string
  role: HearingRole
  title: string
  display_name: string
  state: "open" | "signed" | "refused" | "absent"
  sha256: string
  at: string | null
  reason: string | null
  noted_by: string | null
  signature_url: string | null
  /** What it rests on that they are who they say. */
  identity?: "verified" | "checked" | null
}

/** What a person writes above the lines. */
export interface WrittenHead {
  /** Who holds it: 人民法院, 仲裁委员会, 调解组织 … */
  tribunal: string
  case_number: string
  cause: string
  place: string
}

export interface Minutes {
  hearing_id: string
  version: number
  state: MinutesState
  edition: number
  title: string
  head: WrittenHead & { began_at: string | null; ended_at: string | null }
  entries: MinutesEntry[]
  sha256: string | null
  signers: Signer[]
  voided: { edition: number; voided_at: string; reason: string }[]
  paper: { file_id: string; sha256: string; url: string } | null
  /** Signing asks for a proof of identity first. */
  proof_wanted?: boolean
  may: MinutesAct[]
  /** Segments of the recording from which the viewer can have lines suggested. */
  hearable: number[]
  server_time: string
}

export interface MinutesChange {
  hearing_id: string
  version: number
  state: MinutesState
  entry: MinutesEntry | null
  after: string | null
}

export interface NewEntry {
  client_id: string
  kind: "procedure" | "speech"
  text: string
  speaker_id?: string
  ago_ms?: number
}

export interface EntryChange {
  revision: number
  text?: string
  speaker_id?: string
  struck?: boolean
  accepted?: boolean
}

const RECOGNISED_MS = 900_000

const of = (hearingId: string): string => `/hearings/${encodeURIComponent(hearingId)}/minutes`

export const getMinutes = (hearingId: string): Promise<Minutes> => call("GET", of(hearingId))

export const changeHead = (hearingId: string, body: Partial<WrittenHead>): Promise<Minutes> =>
  call("PATCH", `${of(hearingId)}/head`, { body })

export const addEntry = (hearingId: string, body: NewEntry): Promise<MinutesEntry> =>
  call("POST", `${of(hearingId)}/entries`, { body })

export const changeEntry = (hearingId: string, entryId: string, body: EntryChange): Promise<MinutesEntry> =>
  call("PATCH", `${of(hearingId)}/entries/${encodeURIComponent(entryId)}`, { body })

export const objectTo = (hearingId: string, entryId: string, clientId: string, wanted: string): Promise<MinutesEntry> =>
  call("POST", `${of(hearingId)}/entries/${encodeURIComponent(entryId)}/objections`, { body: { client_id: clientId, wanted } })

export const answerObjection = (
  hearingId: string,
  objectionId: string,
  body: { correct: boolean; text?: string; reason?: string },
): Promise<MinutesEntry> => call("POST", `${of(hearingId)}/objections/${encodeURIComponent(objectionId)}/answer`, { body })

export const moveMinutes = (hearingId: string, to: MinutesState, version: number, reason?: string): Promise<Minutes> =>
  call("POST", `${of(hearingId)}/state`, { body: { to, version, reason } })

/** The fixed text that this person signs, as its bytes are hashed. */
export const fixedText = async (hearingId: string): Promise<ArrayBuffer> =>
  (await request("GET", `${of(hearingId)}/text`)).arrayBuffer()

export const signMinutes = (hearingId: string, sha256: string, png: string): Promise<Minutes> =>
  call("POST", `${of(hearingId)}/signatures`, { body: { sha256, png } })

export const refuseToSign = (hearingId: string, reason: string, userId?: string): Promise<Minutes> =>
  call("POST", `${of(hearingId)}/refusals`, { body: { reason, user_id: userId } })

/** Answers when everything was heard, which may take minutes; again adds nothing. */
export const suggestLines = (hearingId: string, segment: number): Promise<Minutes> =>
  call("POST", `${of(hearingId)}/suggestions`, { body: { segment }, timeoutMs: RECOGNISED_MS })
