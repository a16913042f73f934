import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes `.env` from `.env.example` with random secrets, for its owner's eyes; one that is there stays as it is. */
export function writeEnv(folder: string): string {
  const example = readFileSync(join(folder, '.env.example'), 'utf8')
  const text = secretNames.reduce(
    (filled, name) => filled.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${randomBytes(32).toString('base64')}`),
    example,
  )
  try {
    writeFileSync(join(folder, '.env'), text, { mode: 0o600, flag: 'wx' })
    return '.env written, with random secrets.'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return '.env is there already and stays as it is.'
  }
}

const secretNames = ['JWT_SECRET_KEY', 'ENCRYPTION_KEY']

if (import.meta.main) console.log(writeEnv(join(import.meta.dirname, '../..')))
