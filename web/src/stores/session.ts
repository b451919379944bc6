import { computed, shallowRef } from "vue"
import { clearSession, loadSession, onSession, type StoredSession } from "../api/tokens"
import type { Role } from "../api/types"

const session = shallowRef<StoredSession | null>(loadSession())
onSession((next) => {
  session.value = next
})

export const me = computed(() => session.value?.user ?? null)
export const myId = computed(() => me.value?.id ?? "")
export const signedIn = computed(() => session.value !== null)
export const isLawyer = computed(() => hasRole("lawyer"))
export const isStaff = computed(() => me.value?.roles.some((role) => role !== "client") ?? false)
/** Support and ops see everybody's orders and spaces, by right and not by membership. */
export const atDesk = computed(() => hasRole("support") || hasRole("ops"))
/** Who has a desk (工作台) of whatever size. */
export const hasDesk = computed(() => atDesk.value || hasRole("reviewer"))

/** Who sits in hearings and has no orders of their own. */
export const holdsHearings = computed(() => (hasRole("presider") || hasRole("clerk")) && !isLawyer.value && !hasDesk.value)

/** Where a person's work begins. */
export const home = computed(() => {
  if (!isStaff.value) return "/products"
  if (holdsHearings.value) return "/hearings"
  // Support talks in spaces; ops and reviewers are members of few or none.
  return hasDesk.value && !hasRole("support") ? "/desk" : "/spaces"
})

export function hasRole(role: Role): boolean {
  return me.value?.roles.includes(role) ?? false
}

export { clearSession }
