/**
 * What was typed and not sent yet, kept for the browser session: it outlives a reload, a closed sheet and a lost network.
 * Signing out on purpose clears it.
 */
import { reactive, ref, watch, type Reactive, type Ref } from "vue"

const PREFIX = "casespace.text."

/** `name`: what it is for and of which case, so that nothing turns up elsewhere. What is empty is not kept. */
export function keptText(name: string): Ref<string> {
  const text = ref(sessionStorage.getItem(PREFIX + name) ?? "")
  watch(text, (now) => keep(name, now), { flush: "sync" })
  return text
}

/** A whole form of plain values; `drop` once it was sent. */
export function keptForm<T extends object>(name: string, empty: T): { form: Reactive<T>; drop: () => void } {
  const kept = sessionStorage.getItem(PREFIX + name)
  const form = reactive<T>(kept ? (JSON.parse(kept) as T) : empty)
  const stop = watch(form, (now) => keep(name, JSON.stringify(now)), { deep: true, flush: "sync" })
  return {
    form,
    drop: () => {
      stop()
      keep(name, "")
    },
  }
}

function keep(name: string, text: string): void {
  if (text) sessionStorage.setItem(PREFIX + name, text)
  else sessionStorage.removeItem(PREFIX + name)
}
