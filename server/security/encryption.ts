import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** A stored secret that cannot be opened: damaged, moved to another row, or sealed with a key that is gone. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError'
}

/** The place a sealed value belongs to; it opens nowhere else. */
export interface SealedRow {
  readonly userId: string
  readonly table: string
  readonly column: string
  readonly rowId: string
}

const algorithm = 'aes-256-gcm'
const version = 1
const keyIdLength = 8
const nonceLength = 12
const tagLength = 16
const dataKeyLength = 32
const headLength = 1 + keyIdLength
const wrappedEnd = headLength + nonceLength + dataKeyLength + tagLength

/**
 * AES-256-GCM envelopes: a random data key for each value, wrapped by the newest key of the ring; older keys still open.
 * Blob: version, key id | nonce, wrapped data key, tag | nonce, ciphertext, tag. The head and the row are authenticated.
 */
export function createSealer(keys: readonly Buffer[]) {
  const ring = keys.map((key) => ({ key, id: idOf(key) }))
  const [first] = ring
  if (!first) throw new Error('A sealer needs a key.')
  const newest = first
  function seal(plaintext: string, row: SealedRow): Buffer {
    const head = Buffer.concat([Buffer.from([version]), newest.id])
    const associated = associatedData(head, row)
    const dataKey = randomBytes(dataKeyLength)
    return Buffer.concat([
      head,
      encrypt(newest.key, dataKey, associated),
      encrypt(dataKey, Buffer.from(plaintext), associated),
    ])
  }
  function open(blob: Buffer, row: SealedRow): string {
    if (blob.length < wrappedEnd + nonceLength + tagLength || blob[0] !== version) {
      throw new SealBrokenError('The stored value is not a sealed one.')
    }
    const head = blob.subarray(0, headLength)
    const wrapping = ring.find(({ id }) => id.equals(head.subarray(1)))
    if (!wrapping) throw new SealBrokenError('The key this value was sealed with is not in ENCRYPTION_KEY.')
    const associated = associatedData(head, row)
    const dataKey = decrypt(wrapping.key, blob.subarray(headLength, wrappedEnd), associated)
    return decrypt(dataKey, blob.subarray(wrappedEnd), associated).toString()
  }
  return {
    seal,
    open,
    reseal(blob: Buffer, row: SealedRow): Buffer | null {
      const secret = open(blob, row)
      // The key's name is authenticated with the secret, so there is no wrapping anew without sealing anew.
      return newest.id.equals(blob.subarray(1, headLength)) ? null : seal(secret, row)
    },
  }
}

function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('reasonflow key id').update(key).digest().subarray(0, keyIdLength)
}

/** Lengths come first, so that no two rows give the same bytes. */
function associatedData(head: Buffer, { userId, table, column, rowId }: SealedRow): Buffer {
  const parts = [userId, table, column, rowId].map((part) => Buffer.from(part))
  return Buffer.concat([head, ...parts.flatMap((part) => [lengthOf(part), part])])
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(part.length)
  return length
}

function encrypt(key: Buffer, plain: Buffer, associated: Buffer): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength }).setAAD(associated)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, associated: Buffer): Buffer {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceLength), { authTagLength: tagLength })
  decipher.setAAD(associated).setAuthTag(sealed.subarray(-tagLength))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()])
  } catch (cause) {
    throw new SealBrokenError('The stored value was changed, or belongs to another row.', { cause })
  }
}
