/** Calling a hearing: what the form offers. Pure. */
import type { Candidate, HearingRole } from "../api/hearings"

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
