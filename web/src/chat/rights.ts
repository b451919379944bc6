/** What a role may do in a space. The server decides; this only offers. */
import type { Member, Role, Space } from "../api/types"

const EXPORT: readonly Role[] = ["client", "lawyer", "support"]
const NOTES: readonly Role[] = ["lawyer", "support", "reviewer"]

/** What somebody is in this space; undefined for who is no member. */
export const roleIn = (space: Space | null, userId: string): Role | undefined =>
  space?.members.find((member) => member.user_id === userId && !member.left)?.role

/** `role`: the one that the person has in this space, if they are a member. */
export const mayExport = (role: Role | undefined): boolean => role !== undefined && EXPORT.includes(role)

/** Take files into the catalogue of evidence, and see it from the chat. */
export const mayListEvidence = (role: Role | undefined): boolean => role !== undefined && EXPORT.includes(role)

/** The seven elements of the case record. */
export const keepsCaseRecord = (role: Role | undefined): boolean => role === "lawyer" || role === "support"

/** Clients are not even asked for: their phones never learn that there are notes. */
export const readsNotes = (role: Role | undefined): boolean => role !== undefined && NOTES.includes(role)

const DESK: readonly Role[] = ["support", "ops"]

/** Who may change the members of any space, by what they are in the office and not in the space. */
export const managesMembers = (roles: readonly Role[]): boolean => roles.some((role) => DESK.includes(role))

/** The client stays for ever; that the order's lawyer stays too is known to the server only. */
export const removable = (member: Member, me: string): boolean => member.role !== "client" && member.user_id !== me
