import { ref, watch, type Ref } from "vue"
import { toast, toastError } from "./feedback"

export interface Attempts {
  busy: Ref<boolean>
  attempt: (work: () => Promise<unknown>, done?: string) => Promise<void>
  /** Once nothing is being done: a sheet that is gone can no longer tell its page what it did. */
  after: (then: () => void) => void
}

/** What a page does for its user, one thing at a time: `busy` while it is being done, a toast when it failed or is done. */
export function attempts(): Attempts {
  const busy = ref(false)
  async function attempt(work: () => Promise<unknown>, done?: string): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await work()
      if (done) toast(done, "success")
    } catch (failure) {
      toastError(failure)
    } finally {
      busy.value = false
    }
  }

  function after(then: () => void): void {
    if (busy.value) watch(busy, then, { once: true })
    else then()
  }
  return { busy, attempt, after }
}
