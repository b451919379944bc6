import { shallowRef } from "vue"
import { fetchConfig } from "../api/auth"
import type { ClientConfig } from "../api/types"

const PRODUCTION: ClientConfig = { environment: "production", sandbox_path: null, demo: null }

/** What this deployment offers. Until the server has answered, nothing of development is shown. */
export const config = shallowRef<ClientConfig>(PRODUCTION)

let loading: Promise<ClientConfig> | null = null

export function loadConfig(): Promise<ClientConfig> {
  loading ??= fetchConfig().then(
    (answer) => (config.value = answer),
    (error: unknown) => {
      loading = null
      throw error
    },
  )
  return loading
}

/** Whether the server would take a file of this size. */
export function fits(bytes: number): boolean {
  return bytes <= (config.value.upload_max_bytes ?? Number.POSITIVE_INFINITY)
}
