import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { dictionary } from '@zxcvbn-ts/language-common'
import pLimit from 'p-limit'
import { AppError } from '../errors.ts'

/** argon2id at the floor of OWASP ASVS 5.0, 11.4.2: memory in KiB, tag in bytes. */
const current = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const saltLength = 16

const derive = promisify(argon2)

// Hashing runs on the four libuv threads that name look-ups and files share: two of them stay free.
const hashing = pLimit(2)
const maxWaiting = 500

/** The password as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. UNAVAILABLE when too many wait. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltLength)
  return encode(salt, await tagOf(password, { ...current, salt }))
}

/**
 * Whether the password is the one that was hashed. Without a hash (no such user, or one without a password) the same
 * work is done and the answer is no, so that the time does not tell who exists.
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const stored = hash ? decode(hash) : undefined
  const { tag, ...parameters } = stored ?? dummy
  const isEqual = timingSafeEqual(await tagOf(password, { ...parameters, tagLength: tag.length }), tag)
  return isEqual && stored !== undefined
}

/** Whether the hash was made with weaker or other parameters than today's. */
export function needsRehash(hash: string): boolean {
  const { memory, passes, parallelism, tag, salt } = decode(hash)
  return (
    memory !== current.memory ||
    passes !== current.passes ||
    parallelism !== current.parallelism ||
    tag.length !== current.tagLength ||
    salt.length !== saltLength
  )
}

interface Parameters {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
}

const dummy = { ...current, salt: randomBytes(saltLength), tag: randomBytes(current.tagLength) }

async function tagOf(password: string, { salt, ...parameters }: Parameters & { tagLength: number }): Promise<Buffer> {
  if (hashing.pendingCount >= maxWaiting) {
    throw new AppError('UNAVAILABLE', 'Too many people are signing in right now. Try again in a moment.', {
      retryAfterSeconds: 5,
    })
  }
  return hashing(() => derive('argon2id', { message: password, nonce: salt, ...parameters }))
}

function encode(salt: Buffer, tag: Buffer): string {
  const { memory, passes, parallelism } = current
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

function decode(hash: string): Parameters & { tag: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash)
  const [, memory, passes, parallelism, salt, tag] = match ?? []
  if (!salt || !tag) throw new Error('A stored password hash is not an argon2id PHC string.')
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/={1,2}$/, '')
}

const common = new Set(dictionary['passwords-common'].filter(({ length }) => length >= 8))

/** Whether it is among what is tried first: common passwords, one character again and again, the address itself. */
export function isGuessedFirst(password: string, email: string): boolean {
  const plain = password.toLowerCase()
  if (common.has(plain) || new Set(plain).size === 1) return true
  const address = email.toLowerCase()
  const rest = plain.replaceAll(address, '').replaceAll(address.slice(0, address.indexOf('@')), '')
  return rest.length < Math.min(plain.length, 4)
}
