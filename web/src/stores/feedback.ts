/** Toasts and questions to the person, shown by the App's overlay. */
import { reactive } from "vue"
import { ApiError, errorText } from "../api/errors"

export interface Question {
  title: string
  text?: string
  confirm: string
  cancel: string
  danger: boolean
  /** Asks for a line of text; answers it. */
  input?: { placeholder: string; required: boolean; value: string }
  answer: (value: string | null) => void
}

export interface SheetItem {
  label: string
  danger?: boolean
  run: () => void
}

export const feedback = reactive({
  toast: null as { text: string; kind: "info" | "success" | "error"; id: number } | null,
  question: null as Question | null,
  sheet: null as SheetItem[] | null,
})

let count = 0

export function toast(text: string, kind: "info" | "success" | "error" = "info"): void {
  const id = ++count
  feedback.toast = { text, kind, id }
  setTimeout(() => {
    if (feedback.toast?.id === id) feedback.toast = null
  }, 2200)
}

let proving: (() => void) | null = null

/** Names the way to where people prove who they are, and back to where they were. */
export function onProofWanted(go: () => void): void {
  proving = go
}

/** Says what went wrong; where only a proof of identity is missing, offers to go and give it. */
export function toastError(error: unknown): void {
  if (!offersProof(error)) toast(errorText(error), "error")
}

/** Whether only a proof of identity was missing: then the way to it is offered, and nothing else needs to be said. */
export function offersProof(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== "verification.required") return false
  void offerProof(errorText(error))
  return true
}

export async function offerProof(text: string): Promise<void> {
  if (await confirm("需要实名认证", { text, confirm: "去认证", cancel: "暂不" })) proving?.()
}

type Asking = Partial<Pick<Question, "text" | "confirm" | "cancel" | "danger">>

export async function confirm(title: string, options: Asking = {}): Promise<boolean> {
  return (await put(title, options)) !== null
}

/** The entered text, or null when the person gave up. */
export function prompt(title: string, placeholder: string, required: boolean, options: Asking = {}): Promise<string | null> {
  return put(title, options, { placeholder, required, value: "" })
}

function put(title: string, options: Asking, input?: Question["input"]): Promise<string | null> {
  return new Promise((resolve) => {
    feedback.question = {
      title,
      text: options.text,
      confirm: options.confirm ?? "确定",
      cancel: options.cancel ?? "取消",
      danger: options.danger ?? false,
      input,
      answer: (value) => {
        feedback.question = null
        resolve(value)
      },
    }
  })
}

export function actionSheet(items: SheetItem[]): void {
  feedback.sheet = items
}
