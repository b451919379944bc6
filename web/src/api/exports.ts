import { fileNameOf } from "../format/disposition"
import { ApiError } from "./errors"
import { request } from "./http"

/** The server reads, decrypts and stamps a whole case before the answer begins. */
const TIMEOUT_MS = 10 * 60_000

export interface Download {
  name: string
  blob: Blob
}

/** The evidence bundle of a space, whole. `progress` is told the fraction that has arrived, from the first byte on. */
export async function fetchBundle(spaceId: string, progress: (fraction: number) => void): Promise<Download> {
  const path = `/spaces/${encodeURIComponent(spaceId)}/export`
  const response = await request("GET", path, { timeoutMs: TIMEOUT_MS })
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? `case-${spaceId}.zip`
  return { name, blob: await collect(response, progress) }
}

async function collect(response: Response, progress: (fraction: number) => void): Promise<Blob> {
  const total = Number(response.headers.get("Content-Length")) || 0
  const reader = response.body?.getReader()
  const parts: BlobPart[] = []
  let size = 0
  progress(0)
  try {
    for (;;) {
      const block = await reader?.read()
      if (!block || block.done) break
      parts.push(block.value)
      size += block.value.length
      if (total) progress(size / total)
    }
  } catch {
    throw new ApiError(0, "network", "", true)
  }
  // A bundle that is cut off would look like forged evidence.
  if (size < total) throw new ApiError(0, "network", "", true)
  return new Blob(parts, { type: response.headers.get("Content-Type") ?? "application/zip" })
}
