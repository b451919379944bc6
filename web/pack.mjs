/** Each text asset once more, packed as small as it gets: the server sends that to whoever takes it, and packs nothing. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

const assets = new URL("dist/assets/", import.meta.url)
for (const name of readdirSync(assets).filter((one) => /\.(js|css|svg)$/.test(one))) {
  writeFileSync(new URL(`${name}.gz`, assets), gzipSync(readFileSync(new URL(name, assets)), { level: 9 }))
}
