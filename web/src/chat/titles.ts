import type { Role, Space, SpaceSummary } from "../api/types"

type Named = Pick<SpaceSummary, "title" | "client_name" | "lawyer_name">

/**
 * What a space is called in a list: all spaces of one product bear its name, so it says whose case it is.
 * Staff tell their spaces apart by the client, clients by the lawyer.
 */
export function spaceTitle(space: Named, staff: boolean): string {
  if (staff) return space.client_name ? `${space.client_name} · ${space.title}` : space.title
  return space.lawyer_name ? `${space.title} · ${space.lawyer_name}` : space.title
}

/** The names that the list has, from the space itself. Roles in a hearing's own space are those of the court. */
export function named(space: Space): Named {
  const name = (role: Role): string | null =>
    space.hearing_id ? null : (space.members.find((member) => !member.left && member.role === role)?.display_name ?? null)
  return { title: space.title, client_name: name("client"), lawyer_name: name("lawyer") }
}
