import { call } from "./http"
import type { Page } from "./types"

/** Something that a person must look at. `detail` holds ids, states and amounts in fen. */
export interface WorkItem {
  id: string
  kind: string
  subject: string
  title: string
  advice: string
  detail: Record<string, unknown>
  urgent: boolean
  state: "open" | "done"
  seen: number
  can_close: boolean
  can_retry: boolean
  created_at: string
  updated_at: string
  done_by?: string | null
  done_at?: string | null
  outcome?: string | null
}

export function listWorkItems(state: "open" | "done", cursor?: string): Promise<Page<WorkItem>> {
  return call<Page<WorkItem>>("GET", `/desk/work-items?state=${state}${cursor ? `&cursor=${cursor}` : ""}`)
}

export function closeWorkItem(id: string, outcome: string): Promise<WorkItem> {
  return call<WorkItem>("POST", `/desk/work-items/${id}/close`, { body: { outcome } })
}

export function retryWorkItem(id: string): Promise<WorkItem> {
  return call<WorkItem>("POST", `/desk/work-items/${id}/retry`)
}
