import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { migrateAll, reportError } from './migrate-all.ts'

const root = join(import.meta.dirname, '../..')
const cache = join(root, 'node_modules/.cache/reasonflow')

/** All that decides what is in a migrated database. */
const sources = ['package-lock.json', 'migrations', 'server/db', 'server/adapters', 'server/jobs', 'tests/support']

/** A migrated embedded database: a dump to load into memory, and a data directory to copy. */
export interface EmbeddedTemplate {
  readonly file: string
  readonly directory: string
}

/** Made once, and kept as long as nothing it is made of changes. */
export async function embeddedTemplate(): Promise<EmbeddedTemplate> {
  const folder = join(cache, `template-${hashOfSources()}`)
  const template = { file: join(folder, 'template.tar'), directory: join(folder, 'data') }
  if (isThere(template.file)) return template
  await mkdir(cache, { recursive: true })
  const making = mkdtempSync(join(cache, 'making-'))
  {
    await using database = await openDatabase({ kind: 'embedded', directory: join(making, 'data') }, reportError)
    await migrateAll(database)
    const dump = await database.pglite?.dumpDataDir('none')
    if (!dump) throw new Error('the embedded database gave no dump')
    await writeFile(join(making, 'template.tar'), Buffer.from(await dump.arrayBuffer()))
  }
  for (const name of readdirSync(cache)) if (name.startsWith('template-')) remove(join(cache, name))
  try {
    renameSync(making, folder)
  } catch (error) {
    // Another run was faster, and made the same.
    remove(making)
    if (!isThere(template.file)) throw error
  }
  return template
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap(filesBelow)) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

function filesBelow(source: string): string[] {
  if (!statSync(join(root, source)).isDirectory()) return [source]
  return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name))
    .sort()
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
