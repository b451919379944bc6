import { call, request } from "./http"

export type ReadingValue = string | number | Record<string, string>[]

export interface ReadingField {
  label: string
  value: ReadingValue
  read_value: ReadingValue | null
  confidence: number
  flagged: boolean
  reasons: string[]
  polygon: [number, number][] | null
  page: number
  masked: boolean
  confirmed: boolean
}

export interface Reading {
  id: string
  file_id: string
  state: "queued" | "running" | "done" | "failed" | "withdrawn"
  kind: string | null
  kind_label: string | null
  fields: Record<string, ReadingField>
  /** Fields that such a paper has as a rule and nobody has found: name → label. */
  missing: Record<string, string>
  lines: { text: string; uncertain: boolean }[]
  pages: { width: number; height: number }[]
  error_text: string | null
  ahead: number | null
  may_confirm: boolean
  /** Whether the viewer may say what kind of paper it is. */
  may_name: boolean
  /** How many corrections there were when it was shown. */
  confirmations: number
  confirmed_at: string | null
}

const id = encodeURIComponent

/** Without a kind the paper tells what it is. */
export const askReading = (fileId: string, kind?: string): Promise<{ id: string }> =>
  call("POST", `/files/${id(fileId)}/readings`, { body: kind ? { kind } : {} })

export const getReading = (readingId: string): Promise<Reading> => call("GET", `/readings/${id(readingId)}`)

/** `confirmations`: as many as the caller has seen, so that nobody overwrites what another has just put right. */
export const confirmReading = (readingId: string, fields: Record<string, ReadingValue>, confirmations: number): Promise<Reading> =>
  call("POST", `/readings/${id(readingId)}/confirm`, { body: { fields, confirmations } })

/** The place on the paper where a field was seen. */
export async function fieldPicture(readingId: string, field: string): Promise<Blob> {
  return (await request("GET", `/readings/${id(readingId)}/fields/${id(field)}/picture`)).blob()
}

/** A page for handing on: numbers of persons, addresses and faces are painted over. */
export async function maskedPage(readingId: string, page: number): Promise<Blob> {
  return (await request("GET", `/readings/${id(readingId)}/masked`, { query: { page } })).blob()
}
