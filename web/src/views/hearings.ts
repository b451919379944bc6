/** Hearings: the court room, its minutes, calling one. Fetched together (`platform/parts.ts`). */
export { default as CaseHearingsView } from "./CaseHearingsView.vue"
export { default as HearingsView } from "./HearingsView.vue"
export { default as HearingView } from "./HearingView.vue"
export { default as MinutesView } from "./MinutesView.vue"
export { default as ScheduleHearingView } from "./ScheduleHearingView.vue"
