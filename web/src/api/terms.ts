import { call, request } from "./http"

export type TermsKind = "user_agreement" | "privacy_policy"

export interface TermsText {
  kind: TermsKind
  version: string
  title: string
  effective_on: string
  sections: { heading: string; paragraphs: string[] }[]
}

export interface MyTerms {
  agreed: boolean
  /** Whether this deployment refuses what needs it. */
  demanded: boolean
  items: { kind: TermsKind; title: string; version: string; agreed: boolean; agreed_at: string | null }[]
  /** What follows when the consent is taken back. */
  withdrawal: string[]
}

export const fetchTerms = async (): Promise<TermsText[]> =>
  (await call<{ items: TermsText[] }>("GET", "/terms", { anonymous: true })).items

export const fetchMyTerms = (): Promise<MyTerms> => call("GET", "/me/terms")

export const agreeToTerms = (versions: Partial<Record<TermsKind, string>>): Promise<MyTerms> =>
  call("POST", "/me/terms", { body: { versions } })

export const withdrawTerms = (): Promise<void> => call("DELETE", "/me/terms")

/** Everything that is kept about the caller, as a JSON file. */
export const fetchMyData = async (): Promise<Blob> => (await request("GET", "/me/export", { timeoutMs: 60_000 })).blob()
