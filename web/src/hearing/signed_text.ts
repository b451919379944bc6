/** What you see is what you sign: the fixed text is fetched, hashed here and held against the screen. */
import type { Minutes } from "../api/minutes"
import { counts } from "./minutes"

/** What the canonical text has of each line, and above the lines. */
interface FixedText {
  tribunal: string
  case_number: string
  cause: string
  place: string
  entries: { text: string; speaker: string | null }[]
}

const HEAD = ["tribunal", "case_number", "cause", "place"] as const

/**
 * Whether `bytes`, the text that would be signed, has the hash that the minutes name and says what they show, word for
 * word. Browsers hash in secure contexts only; elsewhere the words alone are compared.
 */
export async function isShown(minutes: Minutes, bytes: ArrayBuffer): Promise<boolean> {
  if (globalThis.crypto?.subtle && (await sha256(bytes)) !== minutes.sha256) return false
  const text = JSON.parse(new TextDecoder().decode(bytes)) as FixedText
  const shown = minutes.entries.filter(counts)
  return (
    HEAD.every((name) => text[name] === minutes.head[name]) &&
    text.entries.length === shown.length &&
    text.entries.every((line, index) => line.text === shown[index]?.text && line.speaker === shown[index].speaker)
  )
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
