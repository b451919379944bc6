/** How coupons read, and which of them go together with what is chosen. The server decides; this only offers. */
import type { Coupon, Terms } from "../api/pricing"
import { yuan } from "../format/money"

/** 立减 ¥10, 八五折 (最多减 ¥50), 满 ¥100 可用. */
export function termsText(terms: Pick<Terms, "kind" | "off_fen" | "off_bps" | "cap_fen" | "minimum_fen">): string {
  const off = terms.kind === "fixed" ? `立减 ${yuan(terms.off_fen)}` : foldText(terms.off_bps)
  const cap = terms.kind === "percentage" && terms.cap_fen ? `，最多减 ${yuan(terms.cap_fen)}` : ""
  const minimum = terms.minimum_fen ? `，满 ${yuan(terms.minimum_fen)} 可用` : ""
  return off + cap + minimum
}

/** 1500 ten-thousandths off are 8.5 折; all of it is free. */
export function foldText(bps: number): string {
  const left = (10_000 - bps) / 1000
  return left ? `${Number(left.toFixed(2))} 折` : "免单"
}

/** What becomes of the choice when a coupon is tapped: those that do not go with it make room. */
export function toggled(chosen: Coupon[], tapped: Coupon): Coupon[] {
  if (chosen.some((coupon) => coupon.id === tapped.id)) return chosen.filter((coupon) => coupon.id !== tapped.id)
  return [...chosen.filter((coupon) => goTogether(coupon, tapped)), tapped]
}

const goTogether = (one: Coupon, other: Coupon): boolean =>
  one.terms.stacks_with.includes(other.terms.group) && other.terms.stacks_with.includes(one.terms.group)
