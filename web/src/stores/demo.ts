/** Development only: which demo client this browser plays, so that it can play the phone's part of WeChat too. */
const OPENID = "casespace.demo.openid"
const OFFER = "casespace.demo.offered"

export function rememberDemo(openid: string): void {
  localStorage.setItem(OPENID, openid)
  localStorage.removeItem(OFFER)
}

export const demoOpenid = (): string | null => localStorage.getItem(OPENID)
export const offerDismissed = (): boolean => localStorage.getItem(OFFER) !== null
export const dismissOffer = (): void => localStorage.setItem(OFFER, "1")

export function forgetDemo(): void {
  localStorage.removeItem(OPENID)
  localStorage.removeItem(OFFER)
}
