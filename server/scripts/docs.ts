import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CamelCasePlugin, Kysely, PGliteDialect } from 'kysely'
import { openEmbedded } from '../db/engine/embedded.ts'
import { migrateToLatest } from '../db/engine/migrate.ts'
import type { DB } from '../db/engine/schema.ts'
import { StartError } from '../errors.ts'
import { apiPageOf } from './docs/api.ts'
import { databasePageOf } from './docs/database.ts'
import { openApiOf } from './docs/openapi.ts'
import { readApi } from './docs/procedures.ts'
import { readArguments, runScript } from './run-script.ts'

const folder = join(import.meta.dirname, '../../docs')

// Writes docs/api.md, docs/openapi.json and docs/database.md; `--verify` only compares.
await runScript(async () => {
  const { values } = readArguments('npm run docs [-- --verify]', { options: { verify: { type: 'boolean' } } })
  const api = readApi()
  const pages = {
    'api.md': apiPageOf(api),
    'openapi.json': `${JSON.stringify(openApiOf(api), null, 2)}\n`,
    'database.md': await readDatabase(),
  }
  for (const [name, text] of Object.entries(pages)) {
    const file = join(folder, name)
    if (!values.verify) await writeFile(file, text)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text)
      throw new StartError(`docs/${name} is not what the code says. Run npm run docs, and commit what it writes.`)
  }
})

async function readDatabase(): Promise<string> {
  await using pglite = await openEmbedded('memory://docs')
  const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite }), plugins: [new CamelCasePlugin()] })
  await migrateToLatest(db)
  return await databasePageOf(db)
}
