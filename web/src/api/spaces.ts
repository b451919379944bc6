import { call } from "./http"
import type { Message, Note, Page, SearchPage, SendCommand, Space, SpaceSummary, SyncAnswer } from "./types"

const id = encodeURIComponent

export const listSpaces = (cursor?: string): Promise<Page<SpaceSummary>> =>
  call("GET", "/spaces", { query: { cursor } })
export const getSpace = (spaceId: string): Promise<Space> => call("GET", `/spaces/${id(spaceId)}`)

export const listMessages = (
  spaceId: string,
  range: { after_seq?: number; before_seq?: number; limit?: number },
): Promise<Page<Message>> => call("GET", `/spaces/${id(spaceId)}/messages`, { query: range })

export const postMessage = ({ space_id, ...body }: SendCommand): Promise<Message> =>
  call("POST", `/spaces/${id(space_id)}/messages`, { body, idempotencyKey: body.client_msg_id })

export const postSync = (cursors: Record<string, number>): Promise<SyncAnswer> =>
  call("POST", "/sync", { body: { spaces: cursors } })

export const searchSpace = (spaceId: string, q: string, before?: number): Promise<SearchPage> =>
  call("GET", `/spaces/${id(spaceId)}/search`, { query: { q, before_seq: before } })

export const listNotes = (spaceId: string, range: { after_seq?: number; before_seq?: number }): Promise<Page<Note>> =>
  call("GET", `/spaces/${id(spaceId)}/notes`, { query: range })

export const postNote = (spaceId: string, clientMsgId: string, text: string): Promise<Note> =>
  call("POST", `/spaces/${id(spaceId)}/notes`, { body: { client_msg_id: clientMsgId, text } })
