import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError, messageOf } from './errors.ts'

// Without packages, for scripts that run before any is installed.

/** What `.env` says, whatever an editor made of it; empty where there is no such file, ConfigError where it cannot be read. */
export function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    const reason = code === 'EISDIR' ? 'it is a directory; remove it and run make env' : messageOf(error)
    throw new ConfigError([`${file} cannot be read: ${reason}.`])
  }
}

/** Whether a value only stands where one is to be put. */
export function isPlaceholder(value: string | undefined): boolean {
  return value !== undefined && /^(your-|change-?me)/i.test(value)
}
