/** What a role may do in a space. The server decides; this only offers. */
import type { Role } from "../api/types"

const EXPORT: readonly Role[] = ["client", "lawyer", "support"]

/** `role`: the one that the person has in this space, if they are a member. */
export const mayExport = (role: Role | undefined): boolean => role !== undefined && EXPORT.includes(role)
