import type { Product } from "../api/orderTypes"

const ICONS: Record<string, string> = {
  consultation: "chat",
  contract_review: "form",
  drafting: "file",
  lawyer_letter: "receipt",
  letter: "receipt",
  meeting: "people",
  negotiation: "people",
  self_service_contract: "form",
  filing_acceleration: "gavel",
  filing: "gavel",
  service_watch: "bell",
  closing_file: "evidence",
}

export function productIcon(kind: string): string {
  return ICONS[kind] ?? "scales"
}

/** Promises as lines to read; the server gives a name and a sentence for each. */
export function promiseLines(promises: Product["promises"]): string[] {
  return Object.values(promises ?? {})
    .map((value) => String(value ?? ""))
    .filter((line) => /[\u4e00-\u9fff]/.test(line))
}

/** Kinds of services in the words of the office; rules and coupons are written for kinds. */
export const KIND_LABELS: Record<string, string> = {
  consultation: "法律咨询",
  contract_review: "合同审核",
  drafting: "文书代写",
  lawyer_letter: "律师函",
  meeting: "律师见面",
  negotiation: "陪同谈判",
  self_service_contract: "自助合同",
  filing_acceleration: "立案加速",
  service_watch: "送达监控",
  closing_file: "结案归档",
}

export const kindLabel = (kind: string): string => KIND_LABELS[kind] ?? kind
