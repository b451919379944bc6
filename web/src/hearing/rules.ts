/** What a person can do in a hearing, read off its state. The server decides; this only spares them useless buttons. */
import type { BenchLine, Hearing, HearingRole, Participant } from "../api/hearings"

export type Phase = "entry" | "waiting" | "court" | "refused" | "closed"

const BENCH: readonly HearingRole[] = ["presider", "clerk"]
const HANDS: readonly HearingRole[] = ["party", "counsel", "witness"]
const PAUSED: readonly string[] = ["waiting", "recess", "closed"]

export const inSession = (hearing: Hearing): boolean => !PAUSED.includes(hearing.stage)
export const isBench = (role: HearingRole | undefined): boolean => role !== undefined && BENCH.includes(role)

export function seatOf(hearing: Hearing, userId: string): Participant | undefined {
  return hearing.participants.find((one) => one.user_id === userId)
}

/** `joined`: whether this page has come in; a seat may be kept from another page of the same person. */
export function phaseOf(hearing: Hearing, seat: Participant | undefined, joined: boolean): Phase {
  if (hearing.stage === "closed") return "closed"
  if (seat?.refused) return "refused"
  if (!joined || !seat || seat.place === "outside") return "entry"
  return seat.place === "waiting" ? "waiting" : "court"
}

export type MicState = "on" | "muted" | "locked" | "waiting" | "listener"

/** Why somebody is heard or not. */
export function micState(seat: Participant): MicState {
  if (seat.role === "observer") return "listener"
  if (seat.locked) return "locked"
  if (!seat.may_speak) return "waiting"
  return seat.muted ? "muted" : "on"
}

const MIC_TEXTS: Record<Exclude<MicState, "waiting">, string> = {
  on: "正在收音",
  muted: "已静音，点按打开",
  locked: "麦克风由法庭关闭",
  listener: "旁听，不能发言",
}

/** Whether somebody is where a voice of this person would be heard: in the court room, or in the same side room. */
export const inOneRoom = (one: Participant, other: Participant): boolean => one.place === other.place && one.room === other.room

export const mayRaise = (hearing: Hearing, seat: Participant): boolean => HANDS.includes(seat.role) && inSession(hearing)

/** The same in words; who is not heard is told what they can do about it, if anything. */
export function micText(hearing: Hearing, seat: Participant): string {
  const state = micState(seat)
  if (state !== "waiting") return MIC_TEXTS[state]
  if (hearing.stage === "recess") return "休庭中，所有麦克风都已关闭"
  if (unsworn(seat)) return "签署保证书后才能作证"
  return mayRaise(hearing, seat) ? "未轮到您发言，可举手申请" : "还没有开庭，请等候"
}

/** A witness whom nobody may hear yet. */
export const unsworn = (person: Participant): boolean => person.undertaking === "open" || person.undertaking === "refused"

/** Who sits where, in the order in which a court is read: the bench, those who wait for a word, the rest. */
export function roster(hearing: Hearing): Participant[] {
  const weight: Record<HearingRole, number> = { presider: 0, clerk: 1, party: 2, counsel: 3, witness: 4, observer: 5 }
  const apart = (one: Participant): number => Number(one.role === "witness") + 2 * Number(one.role === "observer")
  const hand = (one: Participant): number => (one.hand_at ? Date.parse(one.hand_at) : Number.MAX_SAFE_INTEGER)
  const side = (one: Participant): string => one.side ?? ""
  return [...hearing.participants].sort(
    (a, b) =>
      Number(isBench(b.role)) - Number(isBench(a.role)) ||
      hand(a) - hand(b) ||
      apart(a) - apart(b) ||
      side(a).localeCompare(side(b), "zh") ||
      weight[a.role] - weight[b.role],
  )
}

/** Whom the roll-call still has to answer for before the court can go on. */
export function unanswered(hearing: Hearing): Participant[] {
  return hearing.participants.filter(
    (one) => (one.role === "party" || one.role === "counsel") && one.identity !== "confirmed" && !one.absence,
  )
}

export interface PersonAct {
  code: string
  label: string
  event: string
  body: Record<string, unknown>
  danger?: boolean
  /** What is asked before it is done. */
  ask?: string
}

/** What the bench can do about one person now. */
export function personActs(hearing: Hearing, viewer: Participant, person: Participant): PersonAct[] {
  if (!isBench(viewer.role) || person.user_id === viewer.user_id) return []
  const presides = viewer.role === "presider"
  const acts = [...rollCall(hearing, person), ...undertakingActs(person), ...soundActs(hearing, viewer, person)]
  return presides ? [...acts, ...doorActs(hearing, person)] : acts
}

function rollCall(hearing: Hearing, person: Participant): PersonAct[] {
  const acts: PersonAct[] = []
  const user_id = person.user_id
  if (person.place === "waiting" && person.role !== "witness" && person.accepted && !person.unproven)
    acts.push({ code: "admit", label: "准许入庭", event: "hearing:admit", body: { user_id } })
  const away = !person.connected && hearing.mode === "live"
  // Where no clerk came, who presides keeps the minutes, once that is noted.
  if (person.role === "clerk") return away ? absenceActs(person) : acts
  if (isBench(person.role) || person.role === "observer") return acts
  if (person.identity !== "confirmed")
    acts.push({ code: "confirm", label: "身份核对无误", event: "hearing:identity", body: { user_id, state: "confirmed" } })
  if (person.identity !== "doubted")
    acts.push({ code: "doubt", label: "身份存疑", event: "hearing:identity", body: { user_id, state: "doubted" } })
  if (away) acts.push(...absenceActs(person))
  return acts
}

/** What the court notes of a witness's undertaking (保证书). */
function undertakingActs(person: Participant): PersonAct[] {
  const note = (code: string, label: string, state: string, more: Record<string, unknown> = {}): PersonAct => ({
    code,
    label,
    event: "hearing:undertaking",
    body: { user_id: person.user_id, state, ...more },
  })
  const state = person.undertaking
  if (!state || state === "read" || person.place === "outside") return []
  const acts: PersonAct[] = []
  if (state === "signed" && person.place === "court")
    acts.push(note("read", "记明：已宣读保证书", "read"), note("read_by_clerk", "记明：由书记员代读保证书", "read", { by_clerk: true }))
  if (unsworn(person)) acts.push(note("exempt", "记明：依法无需签署保证书", "exempt"))
  if (state !== "refused") acts.push(note("unsworn", "记明：拒绝签署或宣读保证书", "refused"))
  return acts
}

/** Who has not signed is not heard; who has, reads it out first. */
function floorLabel(person: Participant): string {
  if (person.floor) return "结束发言"
  return person.undertaking === "signed" ? "请其宣读保证书" : "请其发言"
}

function absenceActs(person: Participant): PersonAct[] {
  const user_id = person.user_id
  const note = (cause: string, label: string): PersonAct => ({
    code: cause,
    label,
    event: "hearing:absence",
    body: { user_id, cause },
  })
  if (person.absence)
    return [{ code: "present", label: "撤销缺席记录", event: "hearing:absence", body: { user_id, cause: null } }]
  const came = person.place === "outside" ? [] : [note("left", "记明：退庭")]
  return [note("no_show", "记明：未到庭"), ...came, note("network", "记明：网络中断"), note("excused", "记明：准许不到庭")]
}

function soundActs(hearing: Hearing, viewer: Participant, person: Participant): PersonAct[] {
  const user_id = person.user_id
  const acts: PersonAct[] = []
  if (person.place !== "court" || person.role === "observer") return acts
  if (viewer.role === "presider" && inSession(hearing) && !isBench(person.role) && !unsworn(person))
    acts.push({
      code: "floor",
      label: floorLabel(person),
      event: "hearing:floor",
      body: { user_id, give: !person.floor },
    })
  if (person.role === "presider" && viewer.role !== "presider") return acts
  if (!person.locked)
    acts.push({ code: "lock", label: "静音并锁定", event: "hearing:mute", body: { user_id, muted: true, locked: true } })
  if (person.locked)
    acts.push({ code: "unlock", label: "解除锁定", event: "hearing:mute", body: { user_id, muted: false } })
  return acts
}

function doorActs(hearing: Hearing, person: Participant): PersonAct[] {
  const user_id = person.user_id
  const acts: PersonAct[] = []
  if (person.role === "witness" && inSession(hearing)) {
    const called = person.place === "court"
    const other = hearing.participants.find((one) => one.role === "witness" && one.place === "court" && one.user_id !== user_id)
    const confront = !called && other !== undefined
    if (called || person.place === "waiting")
      acts.push({
        code: "witness",
        label: called ? "请证人退庭" : confront ? "传唤到庭对质" : "传唤到庭",
        event: "hearing:witness",
        body: { user_id, called: !called, confront },
        ask: confront ? `证人${other.display_name}在庭，传唤后两人当面对质。不需要对质的，请先让其退庭` : undefined,
      })
  }
  if (person.place === "side")
    acts.push({ code: "back", label: "结束单独会谈", event: "hearing:caucus", body: { user_ids: [user_id], open: false } })
  if (person.refused)
    acts.push({ code: "readmit", label: "准许重新进入", event: "hearing:remove", body: { user_id, readmit: true } })
  else if (person.role !== "presider" && person.place !== "outside")
    acts.push({ code: "remove", label: "责令退出", event: "hearing:remove", body: { user_id }, danger: true })
  return acts
}

/** Lines by their seq, each once. */
export function inPlace(known: BenchLine[], more: BenchLine[]): BenchLine[] {
  const seqs = new Set(known.map((one) => one.seq))
  return [...known, ...more.filter((one) => !seqs.has(one.seq))].sort((a, b) => a.seq - b.seq)
}
