import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, fit for a URL, a header and a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** How a secret is stored: enough to recognise it, useless to whoever reads the table. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** A key for one purpose, made from a longer-lived secret of the configuration (RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `reasonflow ${purpose}`, 32))
}

/** The same 256 bits again for the same parts and key, and nothing to learn for whoever lacks the key. */
export function deriveSecret(key: Buffer, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
}

/** Compares in a time that tells nothing about where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hashSecret(one), hashSecret(other))
}
