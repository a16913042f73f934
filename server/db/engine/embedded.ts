import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { messageOf, StartError } from '../../errors.ts'
import { lockDirectory } from './directory-lock.ts'
import { freeBytesBelow, refuseWhenFull } from './disk-room.ts'
import { parsers } from './parsers.ts'

/**
 * PostgreSQL inside this process (PGlite) with pgvector, its files below `directory`; `memory://` keeps nothing.
 * For development, tests and the demo: it does not fsync, so a power cut may lose the last writes.
 * Throws when another living process has the directory: two of them lose rows silently. A full disk is an error a
 * statement, and over when there is room again.
 */
export async function openEmbedded(
  directory: string,
  dump?: Blob,
  { freeBytes = freeBytesBelow } = {},
): Promise<PGlite & AsyncDisposable> {
  const inMemory = directory.startsWith('memory://')
  const lock = inMemory ? undefined : takeDirectory(directory)
  try {
    // Loaded on demand: a production image does not carry the embedded server.
    const [{ PGlite }, { vector }, { btree_gin }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-pgvector'),
      import('@electric-sql/pglite/contrib/btree_gin'),
    ]).catch((cause: unknown) => {
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
      throw isMissing
        ? new StartError('The embedded database is not installed here. Set DATABASE_URL.', { cause })
        : cause
    })
    const pglite = await PGlite.create({
      ...(inMemory ? {} : { dataDir: join(directory, 'pgdata') }),
      ...(dump ? { loadDataDir: dump } : {}),
      extensions: { vector, btree_gin },
      parsers,
    })
    // Nothing outlives the process: no commit has to wait for its log, which takes a fifth of the time of small transactions.
    if (inMemory) await pglite.exec('set synchronous_commit = off')
    else refuseWhenFull(pglite, () => freeBytes(directory))
    return Object.assign(pglite, {
      async [Symbol.asyncDispose]() {
        if (!pglite.closed) await pglite.close()
        lock?.release()
      },
    })
  } catch (error) {
    lock?.release()
    throw error
  }
}

function takeDirectory(directory: string) {
  try {
    mkdirSync(directory, { recursive: true })
    const files = join(directory, 'pgdata')
    // The embedded server itself would end in words of its own.
    if (existsSync(files)) accessSync(files, constants.R_OK | constants.W_OK | constants.X_OK)
    return lockDirectory(directory)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`The data directory ${directory} cannot be used: ${messageOf(error)}.`, { cause: error })
  }
}
