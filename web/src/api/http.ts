import { ApiError } from "./errors"
import { currentToken, refreshToken } from "./tokens"

const BASE = "/api/v1"
const TIMEOUT_MS = 20_000

export interface RequestOptions {
  body?: unknown
  query?: Record<string, string | number | undefined>
  idempotencyKey?: string
  /** The revision that was seen: the server refuses when somebody else has changed the thing since. */
  ifMatch?: number
  /** Public calls carry no token, so that a stale one cannot spoil them. */
  anonymous?: boolean
  /** How long the answer may take to begin. */
  timeoutMs?: number
}

/** Calls the API. Answers the decoded body, or throws ApiError; an expired token is renewed once. */
export async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  return decode<T>(await request(method, path, options))
}

/** Like `call`, for answers that are no JSON: the response itself, whose body is still to be read. */
export async function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const token = options.anonymous ? null : currentToken()
  const response = await send(method, path, options, token)
  if (response.ok) return response
  const error = await problem(response)
  if (!token || error.status !== 401) throw error
  const renewed = await refreshToken(token)
  const second = await send(method, path, options, renewed)
  if (second.ok) return second
  throw await problem(second)
}

async function send(
  method: string,
  path: string,
  options: RequestOptions,
  token: string | null,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, */*;q=0.5" }
  if (token) headers.Authorization = `Bearer ${token}`
  if (options.body !== undefined) headers["Content-Type"] = "application/json"
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey
  if (options.ifMatch !== undefined) headers["If-Match"] = `"${options.ifMatch}"`
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), options.timeoutMs ?? TIMEOUT_MS)
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
