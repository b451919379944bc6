/** The turn that is being made on this page, in an asynchronous hearing. */
import { reactive, toRaw } from "vue"
import { newId } from "../api/ids"
import { type KeptFile, TurnKeeper, type TurnFile } from "../hearing/turn_draft"
import { openStore } from "../platform/object_store"
import { myId } from "./session"

const keeper = new TurnKeeper(localStorage, openStore<KeptFile>("casespace-turns", "id"))

export const draft = reactive({
  hearing: "",
  key: newId(),
  text: "",
  question_id: null as string | null,
  file: null as TurnFile | null,
  /** Whether it was brought back from an earlier page. */
  restored: false,
})

/** Brings back what an earlier page did not send. */
export async function openDraft(hearingId: string): Promise<void> {
  const { words, file } = await keeper.load(myId.value, hearingId)
  Object.assign(draft, { hearing: hearingId, key: newId(), text: "", question_id: null, ...words, file })
  draft.restored = Boolean(draft.text || file)
}

export function keepText(text: string): void {
  draft.text = text
  keepWords()
}

/** An answer to another question is another turn. */
export function answers(questionId: string | null): void {
  if (draft.question_id === questionId) return
  Object.assign(draft, { key: newId(), question_id: questionId })
  keepWords()
}

/** `hearingId`: a recording may end after the page has turned to something else. */
export function keepFile(file: TurnFile | null, hearingId = draft.hearing): void {
  if (hearingId === draft.hearing) draft.file = file
  keepWords()
  void keeper.keepFile(myId.value, hearingId, file && { ...toRaw(file) })
}

/** The next thing that is said is another turn. */
export function nextTurn(): void {
  draft.key = newId()
}

export function clearDraft(): void {
  Object.assign(draft, { key: newId(), text: "", question_id: null, restored: false })
  keepFile(null)
}

export const eraseDrafts = (): Promise<void> => keeper.erase(myId.value, Object.keys(localStorage))

function keepWords(): void {
  const { key, text, question_id } = draft
  keeper.keepWords(myId.value, draft.hearing, { key, text, question_id }, draft.file !== null)
}
