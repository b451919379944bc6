/** What a role may do in a space. The server decides; this only offers. */
import type { Role, Space } from "../api/types"

const EXPORT: readonly Role[] = ["client", "lawyer", "support"]
const NOTES: readonly Role[] = ["lawyer", "support", "reviewer"]

/** What somebody is in this space; undefined for who is no member. */
export const roleIn = (space: Space | null, userId: string): Role | undefined =>
  space?.members.find((member) => member.user_id === userId && !member.left)?.role

/** `role`: the one that the person has in this space, if they are a member. */
export const mayExport = (role: Role | undefined): boolean => role !== undefined && EXPORT.includes(role)

/** Clients are not even asked for: their phones never learn that there are notes. */
export const readsNotes = (role: Role | undefined): boolean => role !== undefined && NOTES.includes(role)
