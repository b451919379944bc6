const LINK = /https?:\/\/[\w\-./?%&=+#~:@!$*;]+[\w\-/?%&=+#~@$*]/g

/** Text cut into plain pieces and web addresses. */
export function linkParts(text: string): { text: string; href?: string }[] {
  const parts: { text: string; href?: string }[] = []
  let at = 0
  for (const match of text.matchAll(LINK)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) })
    parts.push({ text: match[0], href: match[0] })
    at = match.index + match[0].length
  }
  if (at < text.length || !parts.length) parts.push({ text: text.slice(at) })
  return parts
}
