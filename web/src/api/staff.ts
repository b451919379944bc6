/** Who works here, as ops see and change it; and what a lawyer's card says. */
import { call } from "./http"
import type { Page, Role } from "./types"

const id = encodeURIComponent

export interface Profile {
  firm: string
  licence_number: string
  areas: string[]
  region: string
  years: number
  level: string
  service_hours: string
  promises: string[]
  introduction: string
}

export interface StaffMember {
  id: string
  display_name: string
  roles: Role[]
  on_duty: boolean
  disabled: boolean
  profile: Profile | null
}

export type OwnProfile = Pick<Profile, "areas" | "service_hours" | "introduction">

export const listStaff = (name: string, cursor?: string): Promise<Page<StaffMember>> =>
  call("GET", "/desk/staff", { query: { q: name || undefined, cursor } })

export const changeStaff = (userId: string, roles: Role[], onDuty: boolean): Promise<StaffMember> =>
  call("PUT", `/desk/staff/${id(userId)}`, { body: { roles, on_duty: onDuty } })

export const stopStaff = (userId: string, reason: string): Promise<StaffMember> =>
  call("POST", `/desk/staff/${id(userId)}/stop`, { body: { reason } })

export const letIn = (userId: string): Promise<StaffMember> => call("POST", `/desk/staff/${id(userId)}/let-in`)

/** By ops; the firm is the one that the lawyer joined. */
export const writeProfile = (userId: string, body: Omit<Profile, "firm">): Promise<Profile> =>
  call("PUT", `/desk/staff/${id(userId)}/profile`, { body })

export const writeOwnProfile = (body: OwnProfile): Promise<Profile> => call("PUT", "/me/profile", { body })
