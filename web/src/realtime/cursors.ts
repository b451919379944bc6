/** What to ask a sync for: from where each known space is fully known. */
import type { SpaceSummary } from "../api/types"
import { tip, type Timeline } from "../chat/timeline"

export function syncCursors(spaces: Iterable<SpaceSummary>, timelines: Map<string, Timeline>): Record<string, number> {
  const cursors: Record<string, number> = {}
  for (const space of spaces) cursors[space.id] = space.last_seq
  // An opened space may have a hole below what the list has already seen.
  for (const [id, timeline] of timelines) if (timeline.loaded) cursors[id] = tip(timeline)
  return cursors
}

/** A server takes only so many spaces in one trip. */
export function batches(cursors: Record<string, number>, size: number): Record<string, number>[] {
  const pairs = Object.entries(cursors)
  const answer: Record<string, number>[] = []
  for (let at = 0; at < pairs.length; at += size) answer.push(Object.fromEntries(pairs.slice(at, at + size)))
  return answer
}
