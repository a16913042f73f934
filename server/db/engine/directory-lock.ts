import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { StartError } from '../../errors.ts'

/** Another living process has the directory. */
export class DirectoryHeldError extends StartError {
  readonly directory: string
  readonly holder: number

  constructor(directory: string, holder: number, file: string) {
    super(
      `The data directory ${directory} is in use by process ${holder}. Stop that process (or remove ${file} if it is something else).`,
    )
    this.directory = directory
    this.holder = holder
  }
}

/** What this very process holds: a lock with our number that is not among these is an earlier process's. */
const held = new Set<string>()

/** Takes the directory for this process; a lock is taken over only from a process that is dead, never by age. */
export function lockDirectory(directory: string): { release(): void } {
  const file = resolve(directory, 'lock')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      held.add(file)
      return { release: () => release(file) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = holderOf(file)
    if (holder !== undefined && (holder === process.pid ? held.has(file) : isAlive(holder))) {
      throw new DirectoryHeldError(directory, holder, file)
    }
    rmSync(file, { force: true })
  }
  throw new StartError(`The data directory ${directory} is being taken by several processes at once.`)
}

function release(file: string): void {
  if (held.delete(file)) rmSync(file, { force: true })
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
