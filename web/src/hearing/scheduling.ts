/** Calling a hearing: what the form offers. Pure. */
import type { Candidate, HearingRole, PlannedStage } from "../api/hearings"

export const SIDES: readonly string[] = ["原告", "被告", "第三人", "申请人", "被申请人"]

const MEMBERS: readonly HearingRole[] = ["presider", "clerk"]

/** What somebody can be: what their account allows, and, unless they sit on the bench, a witness. */
export function placesOf(person: Candidate): HearingRole[] {
  return person.suits.some((role) => MEMBERS.includes(role)) ? person.suits : [...person.suits, "witness"]
}

/** The next full hour but one, for an input of type datetime-local. */
export const nextHour = (now: Date): string => inputTime(new Date(now.getTime() + 2 * 3_600_000)).replace(/\d\d$/, "00")

/** As an input of type datetime-local wants it: in the phone's own time. */
export function inputTime(then: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0")
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}T${two(then.getHours())}:${two(then.getMinutes())}`
}

/** A reason stands in one line of the record: breaks become spaces. */
export const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ")

/** What the server takes of a stage: an hour to half a year. */
export const HOURS = { least: 1, most: 180 * 24 }

export const validHours = (hours: unknown): hours is number =>
  typeof hours === "number" && Number.isInteger(hours) && hours >= HOURS.least && hours <= HOURS.most

/** 48 小时 is read as 2 天. */
export function hoursText(hours: number): string {
  return hours % 24 === 0 && hours >= 48 ? `${hours / 24} 天` : `${hours} 小时`
}

/** Which hours differ from the procedure's. */
export function ownHours(plan: readonly PlannedStage[], hours: Readonly<Record<string, number>>): Record<string, number> {
  const own = plan.filter((one) => hours[one.stage] !== undefined && hours[one.stage] !== one.hours)
  return Object.fromEntries(own.map((one) => [one.stage, hours[one.stage] as number]))
}

/** The stages with their time, in a line: 开庭 2 天、法庭调查 3 天 … */
export const planText = (plan: readonly { title: string; hours: number }[]): string =>
  plan.map((one) => `${one.title} ${hoursText(one.hours)}`).join("、")
