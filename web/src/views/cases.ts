/** What is kept with a case beside its chat. Fetched together (`platform/parts.ts`). */
export { default as CaseElementsView } from "./CaseElementsView.vue"
export { default as EvidenceView } from "./EvidenceView.vue"
