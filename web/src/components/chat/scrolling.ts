import { nextTick } from "vue"

/** Called before rows are put in above: keeps in place what is on the screen. */
export function keepPlace(box: HTMLElement): void {
  const below = box.scrollHeight - box.scrollTop
  void nextTick(() => {
    box.scrollTop = box.scrollHeight - below
  })
}
