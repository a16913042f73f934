import { createHash } from 'node:crypto'
import type { Address } from '../../shared-types/index.ts'

/** What approval binds to: exactly this text, to exactly these people, in exactly this version. */
export function contentHash(content: {
  to: readonly Address[]
  subject: string
  body: string
  version: number
}): Buffer {
  const { to, subject, body, version } = content
  const addresses = to.map((person) => person.address)
  return createHash('sha256')
    .update(JSON.stringify([addresses, subject, body, version]))
    .digest()
}
