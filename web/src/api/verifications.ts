import { postForm, type LocalFile } from "./files"
import { call, request } from "./http"
import type { Page, UploadGrant } from "./types"

export type VerificationKind = "person" | "lawyer" | "company"
export type VerificationState =
  | "draft" | "pending" | "face" | "in_review" | "verified" | "refused" | "expired" | "replaced" | "withdrawn"

export interface Paper {
  paper: string
  label: string
  required: boolean
  state: "missing" | "uploading" | "reading" | "read" | "unread" | "purged"
  error_text: string | null
}

export interface VerificationField {
  name: string
  label: string
  value: string | null
  flagged: boolean
  reasons: string[]
  optional: boolean
}

export interface Verification {
  id: string
  kind: VerificationKind
  state: VerificationState
  papers: Paper[]
  fields: VerificationField[]
  /** Masked. */
  hints: Record<string, string>
  face_offered: boolean
  face_url: string | null
  reason_text: string | null
  submitted_at: string | null
  decided_at: string | null
  expires_at: string | null
}

export interface ConsentText {
  kind: VerificationKind
  version: string
  title: string
  paragraphs: string[]
}

export interface MyVerifications {
  standing: { kind: VerificationKind; expires_at: string }[]
  items: Verification[]
}

export interface DeskVerification {
  id: string
  display_name: string
  kind: VerificationKind
  state: VerificationState
  papers: Paper[]
  hints: Record<string, string>
  values: Record<string, string>
  labels: Record<string, string>
  submitted_at: string | null
}

const id = encodeURIComponent
const one = (verificationId: string): string => `/verifications/${id(verificationId)}`
const desk = (verificationId: string): string => `/desk/verifications/${id(verificationId)}`

export const getConsent = (kind: VerificationKind): Promise<ConsentText> => call("GET", `/verification-consent?kind=${kind}`)

export const myVerifications = (): Promise<MyVerifications> => call("GET", "/me/verifications")

export const beginVerification = (kind: VerificationKind, version: string): Promise<Verification> =>
  call("POST", "/me/verifications", { body: { kind, consent_version: version } })

export const getVerification = (verificationId: string): Promise<Verification> => call("GET", one(verificationId))

export const submitVerification = (verificationId: string, fields: Record<string, string>, face: boolean): Promise<Verification> =>
  call("POST", `${one(verificationId)}/submit`, { body: { fields, face } })

export const afterFace = (verificationId: string): Promise<Verification> => call("POST", `${one(verificationId)}/face`, { body: {} })

export const withdrawVerification = (verificationId: string): Promise<Verification> =>
  call("POST", `${one(verificationId)}/withdraw`, { body: {} })

/** Uploads the photo of a paper: grant, form, complete. The answer says that it is being read. */
export async function uploadPaper(verificationId: string, paper: string, file: LocalFile): Promise<Verification> {
  const body = { paper, name: file.name, content_type: file.content_type, size: file.blob.size }
  const grant = await call<UploadGrant>("POST", `${one(verificationId)}/papers`, { body })
  await postForm(grant, file, () => undefined)
  return call("POST", `${one(verificationId)}/papers/${id(paper)}/complete`, { body: { file_id: grant.file_id } })
}

export const deskVerifications = (): Promise<Page<DeskVerification>> => call("GET", "/desk/verifications")

export const deskVerification = (verificationId: string): Promise<DeskVerification> => call("GET", desk(verificationId))

export async function deskPaper(verificationId: string, paper: string): Promise<Blob> {
  return (await request("GET", `${desk(verificationId)}/papers/${id(paper)}`)).blob()
}

export const decideVerification = (verificationId: string, approved: boolean, reason: string | null): Promise<DeskVerification> =>
  call("POST", `${desk(verificationId)}/decide`, { body: { approved, reason } })
