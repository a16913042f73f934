import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { Config } from '../config.ts'
import { tellDatabaseTrouble } from '../database-trouble.ts'
import { StartError, tellUnwritable } from '../errors.ts'

/** A script's frame: what a person can mend is one sentence, anything else keeps its stack; exit code 1 either way. */
export async function runScript(script: () => void | Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    process.exitCode = 1
    console.error(
      error instanceof StartError ? error.message : (tellDatabaseTrouble(error) ?? tellUnwritable(error) ?? error),
    )
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
