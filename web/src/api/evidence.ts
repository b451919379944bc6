import { fileNameOf } from "../format/disposition"
import type { Download } from "./exports"
import { call, request } from "./http"
import type { Suggestion } from "./suggestions"

/** Setting a catalogue of many pages takes the server a moment. */
const TIMEOUT_MS = 60_000

export interface Movement {
  kind: "received" | "returned"
  by: string
  at: string
  signed_at: string | null
}

export interface Evidence {
  id: string
  space_id: string
  number: number
  file_id: string
  reading_id: string | null
  hash: string
  name: string
  kind: string
  kind_label: string
  dated: string | null
  pages: number | null
  parties: string[]
  purpose: string
  submitter_id: string
  submitter_name: string
  submitted_at: string
  originals: Movement[]
  original_held: boolean
  actions: ("change" | "received" | "returned" | "sign")[]
}

/** What of an entry may be put right. */
export interface EvidenceFacts {
  name: string
  kind: string
  dated: string | null
  pages: number | null
  parties: string[]
  purpose: string
}

export interface CaseElements {
  case_number: string
  firm: string
  lawyer_phone: string
  party_phone: string
  amount_fen: number
  court: string
  cause: string
}

export interface CaseElementsState {
  elements: CaseElements | null
  suggestions: Suggestion[]
  updated_at: string | null
}

const id = encodeURIComponent

export const evidenceOf = async (spaceId: string): Promise<Evidence[]> =>
  (await call<{ items: Evidence[] }>("GET", `/spaces/${id(spaceId)}/evidence`)).items

/** `key` makes a repeat harmless: one file is listed once. */
export const listEvidence = (spaceId: string, fileId: string, key: string): Promise<Evidence> =>
  call("POST", `/spaces/${id(spaceId)}/evidence`, { body: { file_id: fileId }, idempotencyKey: key })

export const changeEvidence = (evidenceId: string, facts: Partial<EvidenceFacts>): Promise<Evidence> =>
  call("PATCH", `/evidence/${id(evidenceId)}`, { body: facts })

export const moveOriginal = (evidenceId: string, kind: Movement["kind"]): Promise<Evidence> =>
  call("POST", `/evidence/${id(evidenceId)}/originals`, { body: { kind } })

export const signForOriginal = (evidenceId: string): Promise<Evidence> =>
  call("POST", `/evidence/${id(evidenceId)}/sign`, { body: {} })

/** The catalogue as a file, for court. */
export async function catalogueFile(spaceId: string, kind: "pdf" | "csv"): Promise<Download> {
  const response = await request("GET", `/spaces/${id(spaceId)}/evidence.${kind}`, { timeoutMs: TIMEOUT_MS })
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? `evidence.${kind}`
  return { name, blob: await response.blob() }
}

export const getCaseElements = (spaceId: string): Promise<CaseElementsState> =>
  call("GET", `/spaces/${id(spaceId)}/case-elements`)

export const saveCaseElements = (spaceId: string, elements: CaseElements): Promise<CaseElementsState> =>
  call("PUT", `/spaces/${id(spaceId)}/case-elements`, { body: elements })
