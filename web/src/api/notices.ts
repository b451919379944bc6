import { call } from "./http"
import type { Page } from "./types"

/** Something that this person is told once. `link`: a page of this client. */
export interface Notice {
  id: string
  kind: string
  title: string
  text: string
  link: string
  created_at: string
  read_at?: string | null
}

export interface NoticePage extends Page<Notice> {
  /** Of all, not of this page. */
  unread: number
}

export interface NoticeTemplate {
  key: string
  template_id: string
  title: string
}

export const listTemplates = (): Promise<Page<NoticeTemplate>> => call("GET", "/notice-templates")

export const listNotices = (cursor?: string): Promise<NoticePage> => call("GET", "/notices", { query: { cursor } })

export const readNotice = (noticeId: string): Promise<{ notice: Notice; unread: number }> =>
  call("POST", `/notices/${encodeURIComponent(noticeId)}/read`)

/** Development only: the phone's part of wx.requestSubscribeMessage, played by the sandbox. */
export async function acceptInSandbox(
  sandboxPath: string,
  openid: string,
  template: string,
  count: number = 1,
): Promise<void> {
  const response = await fetch(`${sandboxPath}/control/subscribe-credits`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ openid, template_id: template, count }),
  })
  if (!response.ok) throw new Error(`sandbox answered ${response.status}`)
}
