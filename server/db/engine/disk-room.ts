import { statfsSync } from 'node:fs'
import type { PGlite, Transaction } from '@electric-sql/pglite'

/** Room for the write-ahead log: four segments of 16 MB. */
const reserveBytes = 64 * 1024 * 1024
const lookEveryMs = 50

/** SQLSTATE 53100, disk_full. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError'
  readonly code = '53100'
}

/**
 * Makes every statement fail with DiskFullError while `freeBytes` is short, and work again by itself afterwards. The
 * embedded server survives a full disk anywhere but in its write-ahead log: there it never answers again and blocks
 * the whole process, so it must not come to that.
 */
export function refuseWhenFull(pglite: PGlite, freeBytes: () => number): void {
  let lookedAt = -Infinity
  let free = 0
  function assertRoom(): void {
    const now = performance.now()
    if (now - lookedAt >= lookEveryMs) {
      free = freeBytes()
      lookedAt = now
    }
    if (free >= reserveBytes) return
    const [has, needs] = [free, reserveBytes].map((bytes) => Math.floor(bytes / 1024 / 1024))
    throw new DiskFullError(`the disk is full: ${has} MB are free where the data is kept, ${needs} MB are needed`)
  }
  guard(pglite, assertRoom)
  const transaction = pglite.transaction.bind(pglite)
  // Not the beginning of one: Kysely would wait for a transaction that never began.
  pglite.transaction = (callback) => transaction((trx) => callback(guard(trx, assertRoom)))
}

/** Bytes this process may still write below `directory`. */
export function freeBytesBelow(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

function guard<T extends PGlite | Transaction>(session: T, assertRoom: () => void): T {
  const query = session.query.bind(session)
  const exec = session.exec.bind(session)
  session.query = async (...args) => {
    assertRoom()
    return query(...args)
  }
  session.exec = async (...args) => {
    assertRoom()
    return exec(...args)
  }
  return session
}
