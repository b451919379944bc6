/** The "+" menu: what every chat can send, then what the server allows this person in this order now. */
import type { SpaceAction } from "../api/types"

type Target = "photo" | "camera" | "file" | "location" | "contact" | "members" | "order" | "deliver" | "pay" | "quote" | "dispute" | "hearing"

const OWN: SpaceAction[] = [
  { code: "photo", label: "照片", icon: "photo" },
  { code: "camera", label: "拍摄", icon: "camera" },
  { code: "file", label: "文件", icon: "file" },
  { code: "location", label: "位置", icon: "pin" },
  { code: "contact", label: "名片", icon: "card" },
]

const TARGETS: Record<string, Target> = {
  photo: "photo",
  camera: "camera",
  file: "file",
  location: "location",
  send_location: "location",
  contact: "contact",
  case_details: "order",
  order_details: "order",
  order: "order",
  accept: "order",
  decline: "order",
  deliver: "deliver",
  confirm: "order",
  review: "order",
  refund: "order",
  submit_evidence: "file",
  contact_parties: "members",
  members: "members",
  pay: "pay",
  quote: "quote",
  tip: "order",
  dispute: "dispute",
  hearing: "hearing",
  mobile_hearing: "hearing",
}

const ICONS: Record<string, string> = {
  case_details: "info",
  order_details: "info",
  submit_application: "form",
  submit_evidence: "evidence",
  contact_parties: "people",
  pay: "pay",
  send_location: "pin",
  mobile_hearing: "gavel",
  hearing: "gavel",
  law_search: "book",
  look_up_law: "book",
  accept: "check",
  decline: "close",
  deliver: "download",
  confirm: "check",
  review: "star",
  quote: "receipt",
  dispute: "alert",
  tip: "star",
}

export const actionTarget = (code: string): Target | undefined => TARGETS[code]

export function plusItems(actions: SpaceAction[]): SpaceAction[] {
  const given = actions
    .filter((action) => !OWN.some((own) => TARGETS[own.code] === TARGETS[action.code] && own.code !== "file"))
    .filter((action) => action.code !== "voice" && action.code !== "file")
    .map((action) => ({ ...action, icon: ICONS[action.code] ?? "dots" }))
  return [...OWN, ...given]
}
