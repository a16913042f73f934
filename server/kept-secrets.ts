import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Secrets that the server made for itself, by the name of the variable in whose place they stand. */
export interface KeptSecrets {
  /** Where they are, for people. */
  readonly place: string
  /** Null when none was made; throws the system's error when there is one that cannot be read. */
  read(name: string): string | null
  /** 32 random bytes in base64, kept from now on; throws the system's error when there is no room for it. */
  make(name: string): string
}

/** One file a secret below the data directory, for its owner's eyes (mode 0600). Any number of processes may start at once. */
export function secretsBelow(directory: string): KeptSecrets {
  const folder = join(directory, 'secrets')
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim()
    } catch (error) {
      // What is wrong with the data directory itself is for whoever opens the database in it.
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      throw error
    }
  }
  return {
    place: folder,
    read,
    make(name) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const making = mkdtempSync(join(folder, '.making-'))
      try {
        const secret = randomBytes(32).toString('base64')
        writeFileSync(join(making, name), secret, { mode: 0o600 })
        // Whole or not at all, and the first one stays.
        linkSync(join(making, name), join(folder, name))
        return secret
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        return read(name) ?? this.make(name)
      } finally {
        rmSync(making, { recursive: true })
      }
    },
  }
}
