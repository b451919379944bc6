/** Half-written texts, kept for the browser session for each space. */
const name = (spaceId: string): string => `casespace.text.${spaceId}`

export const loadText = (spaceId: string): string => sessionStorage.getItem(name(spaceId)) ?? ""

export function saveText(spaceId: string, text: string): void {
  if (text) sessionStorage.setItem(name(spaceId), text)
  else sessionStorage.removeItem(name(spaceId))
}
