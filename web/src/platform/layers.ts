/**
 * What lies over the page: sheets, pictures, questions. The phone's back button takes the topmost away and leaves the
 * page alone, as it does in every app; the router asks `takeBack` before it follows a step back.
 */
import { onBeforeUnmount, onMounted } from "vue"

const layers: (() => void)[] = []
let popped = false

/** Call before the router is made: of the listeners on one window, those that came first hear first. */
export function hearBack(): void {
  window.addEventListener("popstate", () => {
    popped = true
    // The router's guards run before the next task; a step that came by anything else than "back" must not be taken.
    setTimeout(() => (popped = false))
  })
}

/** Puts a layer on top; answers how to take it off the list when it has gone. */
export function addLayer(close: () => void): () => void {
  layers.push(close)
  return () => {
    const place = layers.lastIndexOf(close)
    if (place >= 0) layers.splice(place, 1)
  }
}

/** Whether this step was a step back that a layer took for itself. */
export function takeBack(): boolean {
  const top = popped ? layers[layers.length - 1] : undefined
  popped = false
  top?.()
  return top !== undefined
}

/** For a component that is a layer while it is there. Who had the focus before gets it again. */
export function useLayer(close: () => void): void {
  let remove: (() => void) | undefined
  let before: Element | null = null
  onMounted(() => {
    before = document.activeElement
    remove = addLayer(close)
  })
  onBeforeUnmount(() => {
    remove?.()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  })
}

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)"

/** Keeps the tabulator inside a layer: what lies beneath cannot be seen, so it must not be reached. */
export function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const inside = [...(panel?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter((one) => one.offsetParent !== null)
  const [first, last] = [inside[0], inside[inside.length - 1]]
  const at = document.activeElement
  if (!first || !last || !panel) return
  const leaving = event.shiftKey ? at === first || at === panel : at === last
  if (!leaving && panel.contains(at)) return
  event.preventDefault()
  ;(event.shiftKey ? last : first).focus()
}
