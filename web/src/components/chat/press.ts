import { ref, type Ref } from "vue"

const HOLD_MS = 450
const SLACK_PX = 10

/** Listeners (for v-bind) that call `act` when a finger rests on something, or on the right mouse button. */
export function usePress(act: () => void): { held: Ref<boolean>; listeners: Record<string, unknown> } {
  const held = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  let fired = false

  const end = (): void => {
    clearTimeout(timer)
    held.value = false
  }
  const listeners = {
    onPointerdown: (event: PointerEvent): void => {
      fired = false
      if (event.pointerType === "mouse") return
      from = { x: event.clientX, y: event.clientY }
      held.value = true
      timer = setTimeout(() => {
        end()
        fired = true
        act()
      }, HOLD_MS)
    },
    onPointermove: (event: PointerEvent): void => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK_PX) end()
    },
    onPointerup: end,
    onPointercancel: end,
    onContextmenu: (event: MouseEvent): void => {
      event.preventDefault()
      if (fired) return
      end()
      act()
    },
    // A hold is not also a tap on what lies under the finger.
    onClickCapture: (event: MouseEvent): void => {
      if (!fired) return
      fired = false
      event.stopPropagation()
      event.preventDefault()
    },
  }
  return { held, listeners }
}
