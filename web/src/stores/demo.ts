/** Development only: which demo client this browser plays, so that it can play the phone's part of WeChat too. */
const KEY = "casespace.demo.openid"

export const rememberDemo = (openid: string): void => localStorage.setItem(KEY, openid)
export const demoOpenid = (): string | null => localStorage.getItem(KEY)
export const forgetDemo = (): void => localStorage.removeItem(KEY)
