import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Environment } from '../../server/environment.ts'
import { bare } from '../support/child.ts'

const folder = join(import.meta.dirname, '../../server/scripts')

/** Runs a script as npm would, on these settings alone; it has 60 s. */
export function runScript(name: string, { args = [], env }: { args?: string[]; env: Record<string, string> }) {
  // An empty value is absent, and also keeps a developer's own .env out.
  const blank = Object.fromEntries(Object.keys(Environment.shape).map((variable) => [variable, '']))
  return new Promise<{ code: number; lines: string[]; errors: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(folder, `${name}.ts`), ...args],
      { env: { ...bare, ...blank, ...env }, timeout: 60_000 },
      (error, stdout, errors) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
        resolve({ code, lines: stdout.trimEnd().split('\n'), errors: errors.trimEnd() })
      },
    )
  })
}

/** Settings of one's own, with a new embedded database. */
export function newSettings() {
  const directory = newFolder()
  return {
    env: {
      DATA_DIR: directory.path,
      JWT_SECRET_KEY: randomBytes(32).toString('base64'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PORT: '0',
    },
    directory: directory.path,
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  }
}

export function newFolder() {
  const path = mkdtempSync(join(tmpdir(), 'reasonflow-scripts-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
