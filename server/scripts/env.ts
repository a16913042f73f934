import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes `.env` from `.env.example` with random secrets, for its owner's eyes. In one that is there, only secrets that
 * are empty or still hold the example's placeholder are filled in.
 */
export function writeEnv(folder: string): string {
  const file = join(folder, '.env')
  try {
    const example = readFileSync(join(folder, '.env.example'), 'utf8')
    writeFileSync(file, withSecrets(example), { mode: 0o600, flag: 'wx' })
    return '.env written, with random secrets.'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const present = readFileSync(file, 'utf8')
  const filled = withSecrets(present)
  if (filled === present) return '.env is there already and stays as it is.'
  writeFileSync(file, filled)
  return '.env was there already; its placeholder secrets are random ones now.'
}

function withSecrets(text: string): string {
  return secretNames.reduce(
    (filled, name) =>
      filled.replace(new RegExp(`^${name}=(your-.*)?$`, 'm'), `${name}=${randomBytes(32).toString('base64')}`),
    text,
  )
}

const secretNames = ['JWT_SECRET_KEY', 'ENCRYPTION_KEY']

if (import.meta.main) console.log(writeEnv(join(import.meta.dirname, '../..')))
