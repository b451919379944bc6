import { describe, expect, it } from "vitest"
import type { BenchLine, Hearing, HearingRole, Participant } from "../src/api/hearings"
import { clockText, elapsed, offsetOf, until } from "../src/hearing/clock"
import { inPlace, mayRaise, micState, micText, personActs, phaseOf, roster, unanswered } from "../src/hearing/rules"
import { hoursText, inputTime, nextHour, oneLine, ownHours, planText, validHours } from "../src/hearing/scheduling"
import { quality, type SoundStats } from "../src/hearing/sound"
import { identityTags } from "../src/hearing/texts"

function person(role: HearingRole, more: Partial<Participant> = {}): Participant {
  return {
    user_id: role,
    role,
    title: role,
    side: null,
    display_name: role,
    place: "court",
    room: 0,
    connected: true,
    identity: "unchecked", verified: false, unproven: false,
    accepted: true,
    hand_at: null,
    floor: false,
    may_speak: false,
    mic: false,
    muted: false,
    locked: false,
    refused: false,
    absence: null,
    undertaking: null,
    ...more,
  }
}

function hearing(participants: Participant[], stage = "investigation"): Hearing {
  return { mode: "live", stage, participants, recordings: [], next_stages: [] } as unknown as Hearing
}

const codes = (of: Hearing, viewer: Participant, about: Participant): string[] =>
  personActs(of, viewer, about).map((one) => one.code)

describe("a clerk who does not come", () => {
  const judge = person("presider")
  const away = person("clerk", { connected: false, place: "outside" })
  it("is noted as absent by who presides, who keeps the minutes from then on", () => {
    expect(codes(hearing([judge, away]), judge, away)).toEqual(expect.arrayContaining(["no_show", "excused"]))
    const noted = { ...away, absence: "no_show" as const }
    expect(codes(hearing([judge, noted]), judge, noted)).toContain("present")
    const here = person("clerk")
    expect(codes(hearing([judge, here]), judge, here)).not.toContain("no_show")
    expect(codes(hearing([judge, away]), away, judge), "the clerk says nothing of the bench").toEqual([])
  })
})

describe("who somebody is (B2)", () => {
  const labels = (more: Partial<Participant>, role: HearingRole = "party"): string[] =>
    identityTags(person(role, more)).map((tag) => tag.label)

  it("shows the court's word and the account's, each for itself", () => {
    expect(labels({ identity: "confirmed" })).toEqual(["身份已核对"])
    expect(labels({ verified: true })).toEqual(["身份待核对", "已实名"])
    expect(labels({ verified: true, identity: "doubted", unproven: true })).toEqual(["身份存疑", "已实名"])
    expect(labels({ unproven: true })).toEqual(["身份待核对", "未实名"])
    expect(labels({}), "where nobody asks, nobody is marked").toEqual(["身份待核对"])
    expect(labels({}, "presider")).toEqual([])
    expect(labels({}, "observer")).toEqual([])
  })
})

describe("where somebody is in a hearing (I6)", () => {
  const seat = person("party")
  it("follows the seat, and this page", () => {
    expect(phaseOf(hearing([seat]), seat, false)).toBe("entry")
    expect(phaseOf(hearing([seat]), seat, true)).toBe("court")
    expect(phaseOf(hearing([]), { ...seat, place: "waiting" }, true)).toBe("waiting")
    expect(phaseOf(hearing([]), { ...seat, place: "outside" }, true)).toBe("entry")
    expect(phaseOf(hearing([]), { ...seat, refused: true }, true)).toBe("refused")
    expect(phaseOf(hearing([], "closed"), seat, true)).toBe("closed")
  })

  it("says why a microphone is open or not", () => {
    expect(micState(person("observer"))).toBe("listener")
    expect(micState(person("party", { may_speak: true, locked: true, muted: true }))).toBe("locked")
    expect(micState(person("party"))).toBe("waiting")
    expect(micState(person("party", { may_speak: true, muted: true }))).toBe("muted")
    expect(micState(person("party", { may_speak: true }))).toBe("on")
  })

  it("says what somebody can do who is not heard", () => {
    const party = person("party")
    expect(micText(hearing([]), party)).toBe("未轮到您发言，可举手申请")
    expect(micText(hearing([], "recess"), party)).toBe("休庭中，所有麦克风都已关闭")
    expect(micText(hearing([], "waiting"), party)).toBe("还没有开庭，请等候")
    expect(micText(hearing([]), person("witness", { undertaking: "open" }))).toBe("签署保证书后才能作证")
    expect(micText(hearing([]), person("party", { may_speak: true }))).toBe("正在收音")
  })

  it("offers a hand to who may speak in turn, while the court sits", () => {
    expect(mayRaise(hearing([]), person("party"))).toBe(true)
    expect(mayRaise(hearing([], "recess"), person("party"))).toBe(false)
    expect(mayRaise(hearing([]), person("presider"))).toBe(false)
    expect(mayRaise(hearing([]), person("observer"))).toBe(false)
  })
})

describe("what the bench can do about somebody", () => {
  const judge = person("presider")
  const clerk = person("clerk")
  it("is nothing for everybody else, and about oneself", () => {
    expect(codes(hearing([]), person("party"), judge)).toEqual([])
    expect(codes(hearing([]), judge, judge)).toEqual([])
  })

  it("lets people in who have promised discipline; witnesses are called by the presider only", () => {
    const waits = person("party", { place: "waiting" })
    expect(codes(hearing([]), clerk, waits)).toContain("admit")
    expect(codes(hearing([]), clerk, { ...waits, accepted: false })).not.toContain("admit")
    expect(codes(hearing([]), clerk, { ...waits, unproven: true })).not.toContain("admit")
    expect(codes(hearing([]), clerk, { ...waits, unproven: true })).toContain("confirm")
    const witness = person("witness", { place: "waiting" })
    expect(codes(hearing([]), clerk, witness)).not.toContain("witness")
    expect(codes(hearing([]), judge, witness)).toContain("witness")
    expect(codes(hearing([]), judge, witness)).not.toContain("admit")
  })

  it("gives the presider the floor to give; the clerk mutes, but not the presider", () => {
    expect(codes(hearing([]), judge, person("party"))).toContain("floor")
    expect(codes(hearing([]), clerk, person("party"))).not.toContain("floor")
    expect(codes(hearing([]), clerk, person("party"))).toContain("lock")
    expect(codes(hearing([]), clerk, judge)).toEqual([])
  })

  it("notes an absence of who is not there, and takes it back", () => {
    const away = person("party", { connected: false, place: "outside" })
    expect(codes(hearing([]), judge, away)).toEqual(["confirm", "doubt", "no_show", "network", "excused"])
    expect(codes(hearing([]), judge, { ...away, absence: "no_show" })).toContain("present")
  })
})

describe("lists", () => {
  it("hears a witness after their undertaking only, and two at once only to confront them", () => {
    const judge = person("presider")
    const label = (code: string, witness: Participant, ...others: Participant[]): string | undefined =>
      personActs(hearing([judge, witness, ...others]), judge, witness).find((one) => one.code === code)?.label
    const witness = (undertaking: Participant["undertaking"], more: Partial<Participant> = {}): Participant =>
      person("witness", { undertaking, ...more })
    expect(["open", "refused"].map((state) => label("floor", witness(state as "open")))).toEqual([undefined, undefined])
    expect(label("floor", witness("signed"))).toBe("请其宣读保证书")
    expect(["read", "exempt", null].map((state) => label("floor", witness(state as "read")))).toEqual(["请其发言", "请其发言", "请其发言"])
    expect(label("read", witness("signed"))).toBe("记明：已宣读保证书")
    expect(label("read", witness("signed", { place: "waiting" })), "not before they are called").toBeUndefined()
    expect(label("exempt", witness("open", { place: "waiting" }))).toBe("记明：依法无需签署保证书")
    const second = witness("read", { user_id: "second", place: "waiting" })
    expect(label("witness", second, witness("read"))).toBe("传唤到庭对质")
    expect(label("witness", second, witness("read", { place: "waiting" }))).toBe("传唤到庭")
  })

  it("puts the bench first, then raised hands by their time, witnesses and observers last", () => {
    const late = person("party", { user_id: "late", hand_at: "2026-11-22T02:00:00Z" })
    const early = person("counsel", { user_id: "early", hand_at: "2026-11-22T01:00:00Z" })
    const all = [person("observer"), person("witness"), person("party"), late, early, person("clerk"), person("presider")]
    expect(roster(hearing(all)).map((one) => one.user_id)).toEqual([
      "presider",
      "clerk",
      "early",
      "late",
      "party",
      "witness",
      "observer",
    ])
  })

  it("asks of parties and counsel only who they are", () => {
    const open = person("party")
    const known = person("counsel", { identity: "confirmed" })
    const excused = person("party", { user_id: "other", absence: "excused" })
    expect(unanswered(hearing([open, known, excused, person("witness"), person("observer")]))).toEqual([open])
  })
})

describe("time and sound", () => {
  it("counts by the server's clock", () => {
    const offset = offsetOf("2026-11-22T02:00:10Z", Date.parse("2026-11-22T02:00:00Z"))
    expect(offset).toBe(10_000)
    const now = Date.parse("2026-11-22T02:05:09Z")
    expect(elapsed("2026-11-22T02:00:00Z", now)).toBe("05:09")
    expect(elapsed("2026-11-22T01:00:00Z", now)).toBe("1:05:09")
    expect(elapsed("2026-11-22T03:00:00Z", now)).toBe("00:00")
  })

  it("tells how long there is until a hearing", () => {
    const start = "2026-11-22T12:00:00Z"
    const before = (minutes: number): number => Date.parse(start) - minutes * 60_000
    expect(until(start, before(-1))).toBe("已到开始时间")
    expect(until(start, before(59))).toBe("还有 59 分钟")
    expect(until(start, before(125))).toBe("还有 2 小时 5 分")
    expect(until(start, before(4000))).toBe("还有 2 天")
  })

  it("judges a connection by what was lost lately and how long a word takes", () => {
    const from = (received: number, lost: number, delay: number | null = 0.05): SoundStats => ({ received, lost, delay, energy: 0 })
    expect(quality(from(100, 50), from(250, 50))).toBe("good")
    expect(quality(from(100, 0), from(240, 8))).toBe("fair")
    expect(quality(from(100, 0), from(150, 40))).toBe("bad")
    expect(quality(from(100, 0), from(250, 0, 0.5))).toBe("fair")
    expect(quality(from(100, 0), from(100, 0))).toBe("bad")
  })
})

describe("times and reasons that a form sends", () => {
  it("are in the phone's own time, to the minute", () => {
    const then = new Date(2026, 10, 9, 8, 5, 42)
    expect(inputTime(then)).toBe("2026-11-09T08:05")
    expect(new Date(inputTime(then)).getTime()).toBe(new Date(2026, 10, 9, 8, 5).getTime())
    expect(nextHour(new Date(2026, 11, 31, 22, 40))).toBe("2027-01-01T00:00")
  })

  it("keep a reason in one line", () => {
    expect(oneLine(" 代理人在外地\n\n不便到庭 ")).toBe("代理人在外地 不便到庭")
  })

  it("count a recording in minutes and seconds", () => {
    expect([clockText(0), clockText(61_900), clockText(600_000)]).toEqual(["00:00", "01:01", "10:00"])
  })
})

describe("the private line of the bench", () => {
  const line = (seq: number): BenchLine => ({ hearing_id: "h", seq, user_id: "u", text: `${seq}`, sent_at: "2026-11-22T00:00:00Z" })
  it("has each word once and in its place, whichever way it came", () => {
    const newest = [line(4), line(5)]
    expect(inPlace(newest, [line(2), line(3), line(4)]).map((one) => one.seq)).toEqual([2, 3, 4, 5])
    expect(inPlace([], newest)).toEqual(newest)
  })
})

describe("how long stages are open in turns (I6)", () => {
  const stage = (code: string, title: string, hours: number) => ({ stage: code, title, hours, turns: 1, alternating: false })
  const plan = [stage("opening", "开庭", 48), stage("debate", "法庭辩论", 72)]

  it("takes whole hours within the server's bounds", () => {
    expect([1, 48, 4320].map(validHours)).toEqual([true, true, true])
    expect([0, 4321, 1.5, "", Number.NaN, undefined].map(validHours)).toEqual([false, false, false, false, false, false])
  })

  it("sends only what differs from the procedure", () => {
    expect(ownHours(plan, { opening: 48, debate: 24 })).toEqual({ debate: 24 })
    expect(ownHours(plan, {})).toEqual({})
  })

  it("says it as people do", () => {
    expect([1, 24, 36, 48, 72].map(hoursText)).toEqual(["1 小时", "24 小时", "36 小时", "2 天", "3 天"])
    expect(planText(plan)).toBe("开庭 2 天、法庭辩论 3 天")
  })
})
