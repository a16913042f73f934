import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { messageOf, StartError } from '../errors.ts'
import { readArguments, runScript } from './run-script.ts'

/** Writes the next migration, a table by the name of the subject; answers its path. */
export function newMigration(folder: string, subject: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(subject)) {
    throw new StartError('Name the subject in kebab-case: make migration name=reply-templates')
  }
  try {
    return writeNext(folder, subject)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new StartError(
      `${folder} cannot be written (${messageOf(error)}). In a container the source is read-only: make it where the ` +
        `repository is, on the host: make migration name=${subject}`,
      { cause: error },
    )
  }
}

function writeNext(folder: string, subject: string): string {
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(folder)
  const twin = files.find((file) => file.slice('0000-'.length) === `${subject}.ts`)
  if (twin) throw new StartError(`${twin} has that name already: choose another.`)
  const taken = files.map((file) => Number(/^(\d{4})-.*\.ts$/.exec(file)?.[1] ?? 0))
  const path = join(folder, `${String(Math.max(0, ...taken) + 1).padStart(4, '0')}-${subject}.ts`)
  writeFileSync(path, template(subject.replaceAll('-', '_')), { flag: 'wx' })
  return path
}

/** Every table of an owner's begins like this one. */
function template(table: string): string {
  return `import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`
    create table ${table} (
      user_id uuid not null references users (id) on delete cascade,
      id uuid not null default gen_random_uuid(),
      created_at timestamptz(3) not null default now(),
      primary key (user_id, id)
    )\`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql\`drop table ${table}\`.execute(db)
}
`
}

const usage = 'make migration name=reply-templates'

if (import.meta.main) {
  await runScript(() => {
    const { positionals } = readArguments(usage, { allowPositionals: true })
    if (positionals.length > 1) throw new StartError(`Usage: ${usage}`)
    const path = newMigration(join(import.meta.dirname, '../../migrations'), positionals[0] ?? '')
    console.log(`${relative(process.cwd(), path)} written. Write up and down, then: make migrate && make codegen`)
  })
}
