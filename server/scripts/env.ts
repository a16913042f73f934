import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../errors.ts'
import { readArguments, runScript } from './run-script.ts'

/**
 * Writes `.env` from `.env.example` with random secrets, for its owner's eyes (mode 0600). In one that is there, only
 * secrets that are missing, empty or still hold a placeholder are filled in. Answers what it did.
 */
export function writeEnv(folder: string): string {
  const file = join(folder, '.env')
  try {
    const example = readFileSync(join(folder, '.env.example'), 'utf8')
    writeFileSync(file, withSecrets(example).text, { mode: 0o600, flag: 'wx' })
    return '.env written, with random secrets.'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  try {
    const { text, filled } = withSecrets(readFileSync(file, 'utf8'))
    chmodSync(file, 0o600)
    if (filled.length === 0) return '.env is there already and stays as it is.'
    writeFileSync(file, text)
    return `.env was there already; ${filled.join(' and ')} ${filled.length > 1 ? 'are' : 'is'} random now, the rest stays.`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EISDIR') throw error
    throw new StartError(`${file} is a directory. Remove it, and try again.`, { cause: error })
  }
}

function withSecrets(text: string): { text: string; filled: string[] } {
  const filled: string[] = []
  for (const name of secretNames) {
    const line = new RegExp(`^(?:\\uFEFF)?[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=(.*)$`, 'm')
    const present = line.exec(text)
    const isInFile = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}_FILE[ \\t]*=[ \\t]*\\S`, 'm').test(text)
    if (isInFile || (present && !isUnset(present[1] ?? ''))) continue
    const secret = `${name}=${randomBytes(32).toString('base64')}`
    const lineBreak = text === '' || text.endsWith('\n') ? '' : '\n'
    text = present ? text.replace(line, () => secret) : `${text}${lineBreak}${secret}\n`
    filled.push(name)
  }
  return { text, filled }
}

function isUnset(value: string): boolean {
  return /^[ \t]*(?:["'][ \t]*["']|["']?(?:your-|change-?me).*)?[ \t]*(?:#.*)?$/i.test(value)
}

const secretNames = ['JWT_SECRET_KEY', 'ENCRYPTION_KEY']

if (import.meta.main) {
  await runScript(() => {
    readArguments('make env', {})
    console.log(writeEnv(join(import.meta.dirname, '../..')))
  })
}
