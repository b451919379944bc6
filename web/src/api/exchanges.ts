/** Asynchronous hearings (非同步审理): turns in text, by voice or by file, deadlines, questions. `can` says what the viewer may do now. */
import { call } from "./http"
import type { Hearing } from "./hearings"
import type { Page } from "./types"

export interface Turn {
  number: number
  kind: "statement" | "question" | "answer"
  stage_title: string
  user_id: string
  title: string
  display_name: string
  text: string | null
  file: { id: string; name: string; content_type: string; duration_ms: number | null; url: string } | null
  at: string
}

/** Text, a file of the hearing's space, or both. */
export interface NewTurn {
  client_turn_id: string
  text?: string
  file_id?: string
  question_id?: string
}

export type AsynchronousAct = "apply" | "agree" | "refuse" | "grant" | "decline"

const of = (hearingId: string): string => `/hearings/${encodeURIComponent(hearingId)}`

export const listTurns = (hearingId: string, after: number): Promise<Page<Turn>> =>
  call("GET", `${of(hearingId)}/turns`, { query: { after, limit: 50 } })

export const takeTurn = (hearingId: string, body: NewTurn): Promise<Turn> => call("POST", `${of(hearingId)}/turns`, { body })

export const askQuestion = (hearingId: string, clientTurnId: string, userId: string, text: string, hours: number): Promise<Turn> =>
  call("POST", `${of(hearingId)}/questions`, { body: { client_turn_id: clientTurnId, user_id: userId, text, hours } })

export const goAsynchronous = (hearingId: string, action: AsynchronousAct, reason?: string): Promise<Hearing> =>
  call("POST", `${of(hearingId)}/asynchronous`, { body: { action, reason } })

/** Why somebody asks for it. */
export const applicationReason = (hearingId: string): Promise<{ reason: string | null }> =>
  call("GET", `${of(hearingId)}/asynchronous`)

export const skipTurn = (hearingId: string): Promise<Hearing> => call("POST", `${of(hearingId)}/skip`)

export const moveStage = (hearingId: string, stage: string): Promise<Hearing> =>
  call("POST", `${of(hearingId)}/stages`, { body: { stage } })

/** More time for the present stage, or for the answer to a question. */
export const extendDeadline = (hearingId: string, body: { until: string; reason: string; question_id?: string }): Promise<Hearing> =>
  call("POST", `${of(hearingId)}/deadlines`, { body })

/** Goes on in the court room, at that time. */
export const goLive = (hearingId: string, body: { starts_at: string; minutes: number; reason: string }): Promise<Hearing> =>
  call("POST", `${of(hearingId)}/live`, { body })
