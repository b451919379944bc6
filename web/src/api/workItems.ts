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
  can_reopen: boolean
  can_retry: boolean
  created_at: string
  updated_at: string
  done_by?: string | null
  done_at?: string | null
  outcome?: string | null
}

export interface WorkItemsQuery {
  state: "open" | "done"
  /** A kind, or what kinds begin with. */
  kind?: string
  only?: "urgent"
}

export const listWorkItems = (query: WorkItemsQuery, cursor?: string): Promise<Page<WorkItem>> =>
  call("GET", "/desk/work-items", { query: { ...query, cursor } })

export const closeWorkItem = (id: string, outcome: string): Promise<WorkItem> =>
  call("POST", `/desk/work-items/${id}/close`, { body: { outcome } })

export const reopenWorkItem = (id: string): Promise<WorkItem> => call("POST", `/desk/work-items/${id}/reopen`)

export const retryWorkItem = (id: string): Promise<WorkItem> => call("POST", `/desk/work-items/${id}/retry`)
