import type { Member } from "../api/types"

/** The ids of those whose "@name" stands in the text. */
export function mentioned(text: string, members: Member[]): string[] {
  return members.filter((member) => text.includes(`@${member.display_name}`)).map((member) => member.user_id)
}

/** Whether an "@" has just been typed before the caret, so that names should be offered. */
export function asksForName(text: string, caret: number): boolean {
  return text[caret - 1] === "@" && !/\w/.test(text[caret - 2] ?? " ")
}
