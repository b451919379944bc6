/**
 * What is known of one space: a dense run of messages, and those that arrived ahead of a hole. Only the dense run is
 * shown, so nobody ever sees messages out of order; whoever merges is told of a hole and fetches what is missing.
 */
import type { Body, Message, Sender } from "../api/types"

export interface Timeline {
  spaceId: string
  /** Ascending and dense: items[i].seq === items[0].seq + i. */
  items: Message[]
  /** Seq before the first known one; what an empty timeline continues from. */
  floor: number
  ahead: Record<number, Message>
  hasOlder: boolean
  loaded: boolean
  recalled: Record<number, Sender>
  /** Seq of a message → the newest word on whether it is held for review. */
  held: Record<number, { seq: number; hidden: boolean }>
  /** Seq of a card → what later entries say of it. */
  updates: Record<number, { seq: number; fields: Body }>
}

export function emptyTimeline(spaceId: string): Timeline {
  return {
    spaceId,
    items: [],
    floor: 0,
    ahead: {},
    hasOlder: false,
    loaded: false,
    recalled: {},
    held: {},
    updates: {},
  }
}

/** The seq up to which everything is known. */
export function tip(timeline: Timeline): number {
  return timeline.items[timeline.items.length - 1]?.seq ?? timeline.floor
}

/** Starts the timeline with its newest page. `floor` counts only when the page is empty. */
export function open(timeline: Timeline, page: Message[], hasOlder: boolean, floor: number): void {
  timeline.items = []
  timeline.floor = page[0] ? page[0].seq - 1 : floor
  timeline.hasOlder = hasOlder
  timeline.loaded = true
  append(timeline, page)
}

/** Takes in messages that came live or by sync, in any order, any number of times. Answers whether a hole remains. */
export function append(timeline: Timeline, messages: Message[]): { added: Message[]; hole: boolean } {
  for (const message of messages) take(timeline, message)
  const added = timeline.loaded ? drain(timeline) : []
  return { added, hole: Object.keys(timeline.ahead).length > 0 && timeline.loaded }
}

/** Puts an older page before what is known. */
export function prepend(timeline: Timeline, page: Message[], hasOlder: boolean): void {
  const first = timeline.items[0]?.seq ?? timeline.floor + 1
  const fitting = page.filter((message) => message.seq < first)
  if (fitting.length && fitting[fitting.length - 1]?.seq !== first - 1) return
  fitting.forEach((message) => note(timeline, message))
  timeline.items = [...fitting, ...timeline.items]
  timeline.floor = (timeline.items[0]?.seq ?? first) - 1
  timeline.hasOlder = hasOlder && fitting.length > 0
}

function take(timeline: Timeline, message: Message): void {
  note(timeline, message)
  const index = message.seq - (timeline.items[0]?.seq ?? Number.POSITIVE_INFINITY)
  const known = index >= 0 ? timeline.items[index] : undefined
  // The same message again may carry fresher links to its files.
  if (known) timeline.items[index] = message
  else if (message.seq > tip(timeline) || !timeline.loaded) timeline.ahead[message.seq] = message
}

function drain(timeline: Timeline): Message[] {
  const added: Message[] = []
  for (;;) {
    const next = timeline.ahead[tip(timeline) + 1]
    if (!next) break
    delete timeline.ahead[next.seq]
    timeline.items.push(next)
    added.push(next)
  }
  for (const seq of Object.keys(timeline.ahead)) {
    if (Number(seq) <= tip(timeline)) delete timeline.ahead[Number(seq)]
  }
  return added
}

// Recalls and card updates are entries of their own that change how an earlier one is seen, loaded or not.
function note(timeline: Timeline, message: Message): void {
  if (message.type === "recall") timeline.recalled[Number(message.body.seq)] = message.sender
  if (message.type === "card_update") noteUpdate(timeline, message)
  if (message.type === "notice") noteHold(timeline, message)
}

const HOLDS: Record<string, boolean> = { "content.held": true, "content.upheld": true, "content.released": false }

function noteHold(timeline: Timeline, { seq: at, body }: Message): void {
  const hidden = HOLDS[String(body.code)]
  const seq = Number(body.seq)
  const known = timeline.held[seq]
  if (hidden !== undefined && !(known && known.seq > at)) timeline.held[seq] = { seq: at, hidden }
}

function noteUpdate(timeline: Timeline, { seq: at, body }: Message): void {
  const { seq, ...fields } = body
  const known = timeline.updates[Number(seq)]
  // Older pages come in later: what they say must not undo what is newer.
  if (known && known.seq > at) return
  timeline.updates[Number(seq)] = { seq: at, fields: { ...known?.fields, ...fields } }
}

export function find(timeline: Timeline, seq: number): Message | undefined {
  const first = timeline.items[0]
  return first ? timeline.items[seq - first.seq] : undefined
}

/** Whether this message is held for review. The server sends its body to its sender and to staff only. */
export function isHeld(timeline: Timeline, message: Message): boolean {
  return timeline.held[message.seq]?.hidden ?? message.held ?? false
}

/** Who recalled this message, if somebody did. */
export function recalledBy(timeline: Timeline, message: Message): Sender | null {
  return timeline.recalled[message.seq] ?? (message.recalled ? message.sender : null)
}

/** The body of a card as it is now. */
export function cardBody(timeline: Timeline, message: Message): Body {
  return { ...message.body, ...timeline.updates[message.seq]?.fields }
}
