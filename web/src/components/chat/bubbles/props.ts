import type { Message } from "../../../api/types"
import type { Room } from "../../../stores/rooms"

/** What every kind of bubble is given. */
export interface BubbleProps {
  content: Message
  /** The stored message; absent while it waits to be sent. */
  message?: Message
  mine: boolean
  room: Room
  /** A blob: address of what this phone sent itself, or "". */
  localUrl: string
  /** Fraction uploaded. */
  progress?: number
}
