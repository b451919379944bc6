import { shallowRef, type ShallowRef } from "vue"

export interface Resource<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<unknown>
  loading: ShallowRef<boolean>
  load: () => Promise<void>
}

/** Something a page shows after fetching it. What is there stays in sight while it is fetched again. */
export function resource<T>(fetch: () => Promise<T>): Resource<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  async function load(): Promise<void> {
    loading.value = true
    try {
      data.value = await fetch()
      error.value = null
    } catch (failure) {
      error.value = failure
    } finally {
      loading.value = false
    }
  }
  return { data, error, loading, load }
}
