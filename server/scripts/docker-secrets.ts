import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPlaceholder, readEnvFile } from '../env-file.ts'
import { readArguments, runScript } from './run-script.ts'

/** The files of the production stack's secrets, by the variable whose value they hold; the others are made at random. */
const names = {
  postgres_password: 'POSTGRES_PASSWORD',
  jwt_secret_key: 'JWT_SECRET_KEY',
  encryption_key: 'ENCRYPTION_KEY',
  metrics_token: 'METRICS_TOKEN',
  gemini_api_key: 'GEMINI_API_KEY',
  openai_api_key: 'OPENAI_API_KEY',
  gmail_client_secret: 'GMAIL_CLIENT_SECRET',
  smtp_url: 'SMTP_URL',
  hubspot_api_key: 'HUBSPOT_API_KEY',
} as const
/** These come from whoever runs the service. */
const given: readonly string[] = [
  'gemini_api_key',
  'openai_api_key',
  'gmail_client_secret',
  'smtp_url',
  'hubspot_api_key',
]

/**
 * Writes the secrets of the production stack, one file each, into `secrets/`: what `.env` has, else a random value. A file
 * that is there stays. Answers what it did, a line a file.
 */
export function writeSecrets(folder: string): string[] {
  const env = readEnvFile(join(folder, '.env'))
  // Others on this machine do not get in; inside a container another user than the files' owner reads them.
  mkdirSync(join(folder, 'secrets'), { mode: 0o700, recursive: true })
  return Object.entries(names).map(([file, name]) => {
    const present = env[name]?.trim() ?? ''
    const isUsable = present !== '' && !isPlaceholder(present)
    const value = isUsable ? present : given.includes(file) ? '' : randomBytes(32).toString('base64')
    try {
      writeFileSync(join(folder, 'secrets', file), value, { flag: 'wx', mode: 0o444 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return `secrets/${file} is there already and stays.`
    }
    if (isUsable) return `secrets/${file} written, with ${name} of .env, which may now be removed there.`
    return value === '' ? `secrets/${file} written, empty: put ${name} into it.` : `secrets/${file} written, at random.`
  })
}

if (import.meta.main) {
  await runScript(() => {
    readArguments('make docker-secrets', {})
    console.log(writeSecrets(join(import.meta.dirname, '../..')).join('\n'))
  })
}
