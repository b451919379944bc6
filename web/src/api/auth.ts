import { call } from "./http"
import { clearSession, storeGrant, storeUser } from "./tokens"
import type { ClientConfig, Grant, User } from "./types"

export const fetchConfig = (): Promise<ClientConfig> => call("GET", "/client-config", { anonymous: true })

export const sendPhoneCode = (phone: string): Promise<void> =>
  call("POST", "/auth/phone/code", { body: { phone }, anonymous: true })

export async function signInByPhone(phone: string, code: string): Promise<void> {
  storeGrant(await call<Grant>("POST", "/auth/phone", { body: { phone, code }, anonymous: true }))
}

export async function signInByWeChat(code: string): Promise<void> {
  storeGrant(await call<Grant>("POST", "/auth/wechat", { body: { code }, anonymous: true }))
}

export async function signInStaff(login: string, password: string, otp?: string): Promise<void> {
  const body = otp ? { login, password, otp } : { login, password }
  storeGrant(await call<Grant>("POST", "/auth/staff", { body, anonymous: true }))
}

export async function refreshMe(): Promise<User> {
  const user = await call<User>("GET", "/me")
  storeUser(user)
  return user
}

const GOODBYE_MS = 3000

/** Signs out here even when the server cannot be told in good time: the person at the phone has decided. */
export async function signOut(): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_MS))
  try {
    await Promise.race([call("POST", "/auth/logout"), patience])
  } finally {
    clearSession()
  }
}

/** Development only: a login code as wx.login would give it, from the sandbox. */
export async function sandboxCode(sandboxPath: string, openid: string): Promise<string> {
  const response = await fetch(`${sandboxPath}/control/codes`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ openid }),
  })
  if (!response.ok) throw new Error(`sandbox answered ${response.status}`)
  return ((await response.json()) as { code: string }).code
}
