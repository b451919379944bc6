import { ref, type Ref } from "vue"
import { toast, toastError } from "./feedback"

/** What a page does for its user, one thing at a time: `busy` while it is being done, a toast when it failed or is done. */
export function attempts(): { busy: Ref<boolean>; attempt: (work: () => Promise<unknown>, done?: string) => Promise<void> } {
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
  return { busy, attempt }
}
