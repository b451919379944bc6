import type { Product } from "../api/types"

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
