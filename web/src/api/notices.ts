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

export type NoticeChannel = "wechat" | "customer" | "sms" | "email" | "call"

export interface NoticePreferences {
  channels: Record<NoticeChannel, boolean>
  /** Kinds that are told in the app only. */
  muted: string[]
  /** HH:MM in China's time. */
  quiet_hours: { start: string; end: string } | null
  email_masked: string | null
}

/** How a member can be reached outside the app; for the staff of the space. */
export interface Reach {
  user_id: string
  wechat: boolean
  templates: { key: string; title: string; credits: number; may_send: boolean }[]
  customer_window: { ends_at: string; left: number } | null
  phone: boolean
  email: boolean
  wants: NoticeChannel[]
}

export const getPreferences = (): Promise<NoticePreferences> => call("GET", "/me/notice-preferences")

export const putPreferences = (wanted: Omit<NoticePreferences, "email_masked">): Promise<NoticePreferences> =>
  call("PUT", "/me/notice-preferences", { body: wanted })

export const sendEmailCode = (email: string): Promise<void> => call("POST", "/me/notice-email", { body: { email } })

export const confirmEmail = (code: string): Promise<NoticePreferences> =>
  call("POST", "/me/notice-email/confirm", { body: { code } })

export const removeEmail = (): Promise<void> => call("DELETE", "/me/notice-email")

export const listReach = (spaceId: string): Promise<{ items: Reach[] }> =>
  call("GET", `/spaces/${encodeURIComponent(spaceId)}/reach`)

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
