/** What a client has to agree to before using the product: read at sign-in, asked again when its words change. */
import { shallowRef } from "vue"
import { agreeToTerms, fetchMyTerms, fetchTerms, type MyTerms, type TermsKind, type TermsText } from "../api/terms"
import { isStaff } from "./session"

export const TERMS_TITLES: Record<TermsKind, string> = { user_agreement: "用户协议", privacy_policy: "隐私政策" }

export const texts = shallowRef<TermsText[]>([])
/** What this person still has to agree to; null while nothing is known to be missing. */
export const due = shallowRef<MyTerms | null>(null)

let answers = 0

export async function loadTerms(): Promise<void> {
  texts.value = await fetchTerms()
}

/** Agrees to what is shown, in the words that are shown. */
export async function agreeToShown(): Promise<void> {
  if (!texts.value.length) await loadTerms()
  await agreeToTerms(Object.fromEntries(texts.value.map((text) => [text.kind, text.version])))
  answers += 1
  due.value = null
}

/** Asks the server whether something is left to agree to. An answer that agreeing has overtaken counts no more. */
export async function checkTerms(): Promise<void> {
  const before = answers
  due.value = null
  if (isStaff.value) return
  const mine = await fetchMyTerms()
  if (before === answers && !mine.agreed) {
    await loadTerms() // the words of now, which may not be those that an open page once fetched
    due.value = mine
  }
}
