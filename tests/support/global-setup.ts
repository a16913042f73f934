import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../server/db/connection.ts'
import { migrateAll, reportError } from './migrate-all.ts'
import { createTemplate } from './native-database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The migrated database every test file begins from: a dump to load, or a template to copy. */
    readonly template: { kind: 'dump'; file: string } | { kind: 'database'; name: string; url: string }
  }
}

/** Migrates once, our schema and the queue's; every test file starts from a copy. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL']
  if (url) {
    const template = await createTemplate(url)
    provide('template', { kind: 'database', name: template.name, url })
    return () => template.drop()
  }
  console.log('TEST_DATABASE_URL is not set: tests that need two connections at once are left out.')
  const folder = mkdtempSync(join(tmpdir(), 'reasonflow-'))
  const file = join(folder, 'template.tgz')
  await using database = await openDatabase({ kind: 'embedded', directory: 'memory://template' }, reportError)
  await migrateAll(database)
  const dump = await database.pglite?.dumpDataDir('gzip')
  if (!dump) throw new Error('the embedded database gave no dump')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  provide('template', { kind: 'dump', file })
  return () => Promise.resolve(rmSync(folder, { recursive: true, force: true }))
}
