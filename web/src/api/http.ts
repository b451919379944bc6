import { ApiError } from "./errors"
import { currentToken, refreshToken } from "./tokens"

const BASE = "/api/v1"
const TIMEOUT_MS = 20_000

export interface RequestOptions {
  body?: unknown
  query?: Record<string, string | number | undefined>
  idempotencyKey?: string
  /** Public calls carry no token, so that a stale one cannot spoil them. */
  anonymous?: boolean
}

/** Calls the API. Answers the decoded body, or throws ApiError; an expired token is renewed once. */
export async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const token = options.anonymous ? null : currentToken()
  const response = await send(method, path, options, token)
  if (response.ok) return decode<T>(response)
  const error = await problem(response)
  if (!token || error.status !== 401) throw error
  const renewed = await refreshToken(token)
  const second = await send(method, path, options, renewed)
  if (second.ok) return decode<T>(second)
  throw await problem(second)
}

async function send(
  method: string,
  path: string,
  options: RequestOptions,
  token: string | null,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" }
  if (token) headers.Authorization = `Bearer ${token}`
  if (options.body !== undefined) headers["Content-Type"] = "application/json"
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
  try {
    return await fetch(BASE + path + search(options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: abort.signal,
      credentials: "omit",
    })
  } catch {
    throw new ApiError(0, abort.signal.aborted ? "timeout" : "network", "", true)
  } finally {
    clearTimeout(timer)
  }
}

function search(query: RequestOptions["query"]): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ""
}

async function decode<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

interface ProblemBody {
  code?: string
  detail?: string
  retryable?: boolean
  errors?: { field: string; message: string }[]
}

async function problem(response: Response): Promise<ApiError> {
  const body = ((await response.json().catch(() => null)) ?? {}) as ProblemBody
  const retryable = body.retryable ?? (response.status >= 500 || response.status === 429)
  return new ApiError(response.status, body.code ?? "unknown", body.detail ?? "", retryable, body.errors ?? [])
}
