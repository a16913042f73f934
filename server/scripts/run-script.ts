import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { Config } from '../config.ts'
import { isConnectionLost } from '../db/connection-lost.ts'
import { messageOf, StartError } from '../errors.ts'

/** A script's frame: what a person can mend is one sentence, anything else keeps its stack; exit code 1 either way. */
export async function runScript(script: () => void | Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    process.exitCode = 1
    console.error(error instanceof StartError ? error.message : (databaseRefusal(error) ?? error))
  }
}

/** The script's options and arguments; what is not known is a StartError with the usage. */
export function readArguments<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (cause) {
    throw new StartError(`Usage: ${usage}`, { cause })
  }
}

/** The settings of a script that looks or switches: without the worker's role nothing begins to work, nor is much told. */
export function forScript(config: Config): Config {
  return { ...config, roles: ['api'], log: { ...config.log, level: 'warn' } }
}

/** Why the database does not let us in, for the person who set DATABASE_URL; undefined when that is not the trouble. */
export function databaseRefusal(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = messageOf(error) || code
  if (isConnectionLost(error)) return `The database cannot be reached (${detail}). Check DATABASE_URL and that it runs.`
  if (/^(28...|3D000)$/.test(code)) return `The database refuses us (${detail}). Check DATABASE_URL.`
  return undefined
}
