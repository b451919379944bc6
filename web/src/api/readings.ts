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
  lines: { text: string; uncertain: boolean }[]
  pages: { width: number; height: number }[]
  error_text: string | null
  ahead: number | null
  may_confirm: boolean
  confirmed_at: string | null
}

const id = encodeURIComponent

export const askReading = (fileId: string): Promise<{ id: string }> =>
  call("POST", `/files/${id(fileId)}/readings`, { body: {} })

export const getReading = (readingId: string): Promise<Reading> => call("GET", `/readings/${id(readingId)}`)

export const confirmReading = (readingId: string, fields: Record<string, ReadingValue>): Promise<Reading> =>
  call("POST", `/readings/${id(readingId)}/confirm`, { body: { fields } })

/** The place on the paper where a field was seen. */
export async function fieldPicture(readingId: string, field: string): Promise<Blob> {
  return (await request("GET", `/readings/${id(readingId)}/fields/${id(field)}/picture`)).blob()
}

/** A page for handing on: numbers of persons, addresses and faces are painted over. */
export async function maskedPage(readingId: string, page: number): Promise<Blob> {
  return (await request("GET", `/readings/${id(readingId)}/masked`, { query: { page } })).blob()
}
