/** The hearing that this page is at: what the server says of it, kept live by events. */
import { computed, reactive, shallowReactive } from "vue"
import { getHearing, type BenchLine, type Hearing } from "../api/hearings"
import { offsetOf } from "../hearing/clock"
import { inPlace, seatOf } from "../hearing/rules"
import { emit } from "../realtime/socket"
import { toastError } from "./feedback"
import { myId } from "./session"

const EVENT_MS = 15_000

export const court = reactive({
  id: "",
  hearing: null as Hearing | null,
  error: null as unknown,
  /** Milliseconds that the server's clock is ahead of this phone's. */
  offset: 0,
  /** Whether this page has come in. */
  joined: false,
  /** An act that waits for its answer. */
  busy: false,
  lines: [] as BenchLine[],
  unreadLines: 0,
})

const talking = shallowReactive(new Set<string>())
export const mySeat = computed(() => (court.hearing ? seatOf(court.hearing, myId.value) : undefined))
/** Who is heard now. The media server says nothing of those whom it has muted, so that is read off the state. */
export const speakers = computed(() => court.hearing?.participants.filter((one) => one.mic && talking.has(one.user_id)) ?? [])

export async function openHearing(id: string): Promise<void> {
  if (court.id !== id) closeHearing()
  court.id = id
  try {
    noteHearing(await getHearing(id))
    court.error = null
  } catch (error) {
    if (court.id === id) court.error = error
  }
}

export function closeHearing(): void {
  talking.clear()
  Object.assign(court, { id: "", hearing: null, error: null, joined: false, busy: false, lines: [], unreadLines: 0 })
}

/** Takes in a state from wherever it came; older ones change nothing. */
export function noteHearing(hearing: Hearing): void {
  if (hearing.id !== court.id || (court.hearing && hearing.version < court.hearing.version)) return
  court.hearing = hearing
  for (const one of hearing.participants) if (!one.connected) talking.delete(one.user_id) // nobody says that they fell silent
  court.offset = offsetOf(hearing.server_time, Date.now())
}

export function noteSpeaking(hint: { hearing_id: string; user_id: string; speaking: boolean }): void {
  if (hint.hearing_id !== court.id) return
  if (hint.speaking) talking.add(hint.user_id)
  else talking.delete(hint.user_id)
}

export function noteAlarm(hint: { hearing_id: string; alarm: string | null }): void {
  if (court.hearing?.id === hint.hearing_id) court.hearing.recording.alarm = hint.alarm
}

export function noteLine(line: BenchLine): void {
  if (line.hearing_id !== court.id || court.lines.some((one) => one.seq === line.seq)) return
  mergeLines(line.hearing_id, [line])
  if (line.user_id !== myId.value) court.unreadLines += 1
}

/** Takes in lines from wherever they came. */
export function mergeLines(hearingId: string, lines: BenchLine[]): void {
  if (hearingId === court.id) court.lines = inPlace(court.lines, lines)
}

export function noteRemoved(hint: { hearing_id: string; user_id: string }): void {
  if (hint.hearing_id === court.id && hint.user_id === myId.value) void openHearing(court.id)
}

/** Does something in the hearing; throws ApiError. Every act answers with the whole state. */
export async function perform(event: string, body: Record<string, unknown> = {}): Promise<void> {
  noteHearing(await emit<Hearing>(event, { hearing_id: court.id, ...body }, EVENT_MS))
}

let turn: Promise<unknown> = Promise.resolve()

/**
 * The same for a button: one after the other, and a refusal is said to the person. Answers whether it was done. What is
 * tapped while another act is on its way waits for it: who mutes themselves must not stay open without knowing.
 */
export function act(event: string, body: Record<string, unknown> = {}): Promise<boolean> {
  const hearing = court.id
  court.busy = true
  const done = turn.then(() => hearing === court.id && tried(event, body))
  turn = done
  void done.then(() => {
    if (turn === done) court.busy = false
  })
  return done
}

async function tried(event: string, body: Record<string, unknown>): Promise<boolean> {
  try {
    await perform(event, body)
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}
