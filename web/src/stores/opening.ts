/** Opening a file of a space. */
import type { StoredFile } from "../api/types"
import { isHeic } from "../platform/media"
import { openUrl } from "../platform/open"
import { actionSheet, toast } from "./feedback"

/** Few browsers show HEIC: whoever wants more than to look at the photo asks for the original. */
export function openStored(file: StoredFile | undefined): void {
  const { url, preview_url: preview } = file ?? {}
  if (!url) return toast("文件暂时无法打开，请稍后再试", "error")
  if (!preview || !isHeic(file?.content_type ?? "")) return openUrl(url)
  actionSheet([
    { label: "查看照片", run: () => openUrl(preview) },
    { label: "下载原件（HEIC）", run: () => openUrl(url) },
  ])
}
