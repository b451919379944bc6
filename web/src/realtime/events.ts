/** What the server tells, put where it belongs. */
import { ref, shallowReactive } from "vue"
import type { BenchLine, Hearing } from "../api/hearings"
import type { MinutesChange } from "../api/minutes"
import type { Notice } from "../api/notices"
import type { Message, Note } from "../api/types"
import type { OrderStatus } from "../api/orderTypes"
import { noteAlarm, noteHearing, noteLine, noteRemoved, noteSpeaking } from "../stores/hearing"
import { noteMinutesChange } from "../stores/minutes"
import { takeNote } from "../stores/notes"
import { noteNotice } from "../stores/notices"
import { discard, onAcked } from "../stores/outbox"
import { forgetRoom, notePresence, noteRead, noteTyping, receive, refreshRoom } from "../stores/rooms"
import { myId } from "../stores/session"
import { forgetSpace, learnSpace, markRead, noteMessage } from "../stores/spaces"
import { onEvent, onOnline } from "./socket"
import { syncSoon } from "./sync"

interface About {
  space_id: string
  user_id: string
}

/** The newest word about each order, for pages that wait for one. */
export const orderNews = shallowReactive(new Map<string, { status: OrderStatus; at: number }>())

const comings = ref(0)

/**
 * Changes with every word about an order, and whenever the socket comes (back): what was said while nobody listened, or
 * between a page's first look and its socket, is not said again.
 */
export const orderPulse = (orderId: string): string => `${comings.value}:${orderNews.get(orderId)?.at ?? 0}`

/** Takes in one message from wherever it came: an ack, an event, a sync. */
export function deliver(message: Message): void {
  discard(message.client_msg_id)
  const hole = receive(message)
  noteMessage(message)
  if (hole) syncSoon()
}

export function registerEvents(): void {
  onAcked(deliver)
  onOnline(() => comings.value++)
  onEvent<Message>("message:new", deliver)
  onEvent<About & { seq: number }>("space:read", ({ space_id, user_id, seq }) => {
    noteRead(space_id, user_id, seq)
    if (user_id === myId.value) markRead(space_id, seq)
  })
  onEvent<About & { typing: boolean }>("space:typing", ({ space_id, user_id, typing }) => {
    if (user_id !== myId.value) noteTyping(space_id, user_id, typing)
  })
  onEvent<About & { online: boolean }>("presence:changed", ({ user_id, online }) => notePresence(user_id, online))
  onEvent<About>("space:updated", ({ space_id }) => {
    void learnSpace(space_id)
    void refreshRoom(space_id)
  })
  onEvent<About>("space:removed", ({ space_id, user_id }) => {
    if (user_id && user_id !== myId.value) return void refreshRoom(space_id)
    forgetSpace(space_id)
    forgetRoom(space_id)
  })
  onEvent<Note>("note:new", takeNote)
  onEvent<Notice>("notice:new", noteNotice)
  registerHearing()
  onEvent<{ order_id: string; status: OrderStatus; space_id?: string }>("order:updated", (news) => {
    orderNews.set(news.order_id, { status: news.status, at: Date.now() })
    if (news.space_id) void refreshRoom(news.space_id)
  })
}

function registerHearing(): void {
  onEvent<Hearing>("hearing:state", noteHearing)
  onEvent<{ hearing_id: string; user_id: string; speaking: boolean }>("hearing:speaking", noteSpeaking)
  onEvent<{ hearing_id: string; alarm: string | null }>("hearing:alarm", noteAlarm)
  onEvent<BenchLine>("hearing:line", noteLine)
  onEvent<MinutesChange>("hearing:minutes", noteMinutesChange)
  onEvent<{ hearing_id: string; user_id: string }>("hearing:removed", noteRemoved)
}
