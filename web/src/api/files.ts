import { ApiError } from "./errors"
import { newId } from "./ids"
import { call } from "./http"
import type { StoredFile, UploadGrant } from "./types"

export interface LocalFile {
  name: string
  content_type: string
  blob: Blob
}

export const getFile = (fileId: string): Promise<StoredFile> => call("GET", `/files/${encodeURIComponent(fileId)}`)

export interface OriginalLinks {
  url: string
  preview_url?: string | null
}

/** The original of a paper that identifies somebody; the server writes down that it was opened. */
export const openOriginal = (fileId: string): Promise<OriginalLinks> => call("POST", `/files/${encodeURIComponent(fileId)}/original`, { body: {} })

/** Say that a file is a paper that identifies somebody, or that it is none. */
export const markIdentity = (fileId: string, identifies: boolean): Promise<StoredFile> =>
  call("PUT", `/files/${encodeURIComponent(fileId)}/identity`, { body: { identifies } })

export type Progress = (fraction: number) => void

/** Uploads one file into a space. Answers its id. */
export const uploadFile = (spaceId: string, file: LocalFile, progress: Progress): Promise<string> =>
  uploadAt(`/spaces/${encodeURIComponent(spaceId)}/files`, file, progress)

/** To go with a dispute; one need be no member of the order's space. */
export const uploadDisputeFile = (orderId: string, file: LocalFile, progress: Progress): Promise<string> =>
  uploadAt(`/orders/${encodeURIComponent(orderId)}/dispute-files`, file, progress)

/** Grant, multipart POST with the file last, complete. */
async function uploadAt(path: string, file: LocalFile, progress: Progress): Promise<string> {
  const grant = await call<UploadGrant>("POST", path, {
    body: { name: file.name, content_type: file.content_type, size: file.blob.size },
    idempotencyKey: newId(),
  })
  await postForm(grant, file, progress)
  await call("POST", `/files/${encodeURIComponent(grant.file_id)}/complete`, {
    body: {},
    idempotencyKey: `complete-${grant.file_id}`,
  })
  return grant.file_id
}

// fetch() tells nothing of the progress of an upload; XMLHttpRequest does.
export function postForm(grant: UploadGrant, file: LocalFile, progress: Progress): Promise<void> {
  const form = new FormData()
  for (const [name, value] of Object.entries(grant.upload.fields)) form.append(name, value)
  form.append(grant.upload.file_field, file.blob, file.name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("POST", grant.upload.url)
    request.timeout = 120_000
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total)
    }
    request.onerror = () => reject(new ApiError(0, "network", "", true))
    request.ontimeout = () => reject(new ApiError(0, "timeout", "", true))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(uploadError(request.status))
    }
    request.send(form)
  })
}

function uploadError(status: number): ApiError {
  if (status === 413) return new ApiError(status, "file.too_large", "", false)
  // 403: the grant has lapsed; the next attempt asks for a new one.
  return new ApiError(status, "file.upload_refused", "文件上传失败", status === 403 || status >= 500)
}

export interface PagePicture {
  blob: Blob
  /** How many the file has. */
  pages: number
}

/** One page of a PDF, or a picture, as a JPEG; `url` is the link to the file's content, whose ticket opens it. */
export async function fetchPage(url: string, page: number): Promise<PagePicture> {
  let response: Response
  try {
    response = await fetch(url.replace("/content?", `/pages/${page}?`), { credentials: "omit" })
  } catch {
    throw new ApiError(0, "network", "", true)
  }
  if (!response.ok) throw new ApiError(response.status, "file.no_page", "没有这一页，或这种文件不能按页显示", response.status >= 500)
  return { blob: await response.blob(), pages: Number(response.headers.get("X-Page-Count") ?? 1) }
}
