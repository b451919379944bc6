import { ref, shallowRef, type Ref, type ShallowRef } from "vue"
import type { Page } from "../api/types"
import { toastError } from "./feedback"

/** A list that comes in pages, newest first. `load` begins anew, e.g. with another filter. */
export interface Pages<T> {
  items: ShallowRef<T[]>
  /** Whether there is more behind what is shown. */
  more: Ref<boolean>
  loaded: Ref<boolean>
  loading: Ref<boolean>
  /** Why there is nothing to show; what fails later is told in passing. */
  error: ShallowRef<unknown>
  load: () => Promise<void>
  loadMore: () => Promise<void>
  /** Forget what is shown before loading: another list is meant. */
  reload: () => Promise<void>
}

export function pages<T>(fetch: (cursor?: string) => Promise<Page<T>>): Pages<T> {
  const items = shallowRef<T[]>([])
  const more = ref(false)
  const loaded = ref(false)
  const loading = ref(false)
  const error = shallowRef<unknown>(null)
  let next: string | undefined
  // An answer to what was asked before counts no more.
  let asked = 0

  async function get(cursor?: string): Promise<void> {
    const mine = ++asked
    loading.value = true
    try {
      const page = await fetch(cursor)
      if (mine !== asked) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next = page.next_cursor ?? undefined
      more.value = Boolean(next)
      loaded.value = true
      error.value = null
    } catch (failure) {
      if (mine !== asked) return
      if (loaded.value) toastError(failure)
      else error.value = failure
    } finally {
      if (mine === asked) loading.value = false
    }
  }

  const load = (): Promise<void> => get()
  return {
    items,
    more,
    loaded,
    loading,
    error,
    load,
    loadMore: () => (next && !loading.value ? get(next) : Promise.resolve()),
    reload: () => {
      items.value = []
      loaded.value = false
      error.value = null
      return get()
    },
  }
}
