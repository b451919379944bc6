/** Applications to be verified, as people read them. */
import type { MyVerifications, Verification, VerificationField, VerificationKind, VerificationState } from "../api/verifications"
import type { Tone } from "../orders/states"

export const KINDS: Record<VerificationKind, { title: string; paper: string }> = {
  person: { title: "个人实名认证", paper: "身份证" },
  lawyer: { title: "律师执业认证", paper: "律师执业证" },
  company: { title: "企业认证", paper: "营业执照" },
}

const STATES: Record<VerificationState, { label: string; tone: Tone }> = {
  draft: { label: "填写中", tone: "wait" },
  pending: { label: "核验中", tone: "wait" },
  face: { label: "待人脸核身", tone: "wait" },
  in_review: { label: "人工审核中", tone: "wait" },
  verified: { label: "已认证", tone: "active" },
  refused: { label: "未通过", tone: "off" },
  expired: { label: "已过期", tone: "off" },
  replaced: { label: "已更新", tone: "off" },
  withdrawn: { label: "已撤回", tone: "off" },
}

export const stateOf = (verification: { state: VerificationState }): { label: string; tone: Tone } => STATES[verification.state]

const OPEN: VerificationState[] = ["draft", "pending", "face", "in_review"]
export const isOpen = (verification: Verification): boolean => OPEN.includes(verification.state)

/** The application to show for a kind: the open one, else the newest that says anything. */
export function current(mine: MyVerifications, kind: VerificationKind): Verification | null {
  const all = mine.items.filter((one) => one.kind === kind)
  return all.find(isOpen) ?? all.find((one) => one.state !== "withdrawn" && one.state !== "replaced") ?? null
}

/** Whether the server is still at work on it, so that it is worth asking again. */
export const isWorking = (verification: Verification): boolean =>
  verification.state === "pending" || verification.papers.some((paper) => paper.state === "reading")

/** What a person typed stays; what was read meanwhile fills what is empty. */
export function filled(fields: VerificationField[], typed: Record<string, string>): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field.name, typed[field.name] || field.value || ""]))
}

/** Everything that was filled in, and whether nothing that is needed is missing. */
export function complete(fields: VerificationField[], typed: Record<string, string>): boolean {
  return fields.every((field) => field.optional || Boolean(typed[field.name]?.trim()))
}

/** The messages of a refusal by field. */
export function byField(faults: { field: string; message: string }[]): Record<string, string> {
  return Object.fromEntries(faults.map(({ field, message }) => [field.replace(/^(body\.)?fields\./, ""), message]))
}
