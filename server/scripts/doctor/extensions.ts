import { type Kysely, sql } from 'kysely'
import type { DB } from '../../db/engine/schema.ts'
import { type Finding, isBefore, ok, problem, warning } from './findings.ts'

const needed = '0.8.0'
const advised = '0.8.4'

/** Whether the extensions are there, or may be made, and whether pgvector is one to trust. */
export async function examineExtensions(db: Kysely<DB>, kind: 'native' | 'embedded'): Promise<Finding[]> {
  const { rows } = await sql<Extension>`
    select offers.name, default_version as offered, installed_version as installed,
      rolsuper or (trusted and has_database_privilege(current_database(), 'create')) as "mayCreate"
    from pg_available_extensions as offers
      join pg_available_extension_versions as versions on versions.name = offers.name and version = default_version
      join pg_roles on rolname = current_user
    where offers.name in ('vector', 'btree_gin')`.execute(db)
  const vector = rows.find(({ name }) => name === 'vector')
  if (!vector) {
    const fix = 'use the image pgvector/pgvector:pg16, or install the package postgresql-<version>-pgvector'
    return [problem('pgvector', 'not on this server', fix)]
  }
  const missing = rows.filter(({ installed }) => installed === null)
  const forbidden = missing.filter(({ mayCreate }) => !mayCreate)
  return [
    ...forbidden.map(({ name }) =>
      problem(
        'rights',
        `this user may not create the extension ${name}`,
        `As a superuser, in this database: create extension ${name}`,
      ),
    ),
    judgeVersion(vector, kind),
  ]
}

interface Extension {
  name: string
  offered: string
  installed: string | null
  mayCreate: boolean
}

function judgeVersion({ offered, installed }: Extension, kind: 'native' | 'embedded'): Finding {
  const version = installed ?? offered
  const fix = isBefore(offered, advised)
    ? 'Update it on the server, then run: alter extension vector update'
    : `The server carries ${offered}. Run: alter extension vector update`
  if (isBefore(version, needed)) {
    return problem('pgvector', `${version}; ReasonFlow needs ${needed}, better ${advised} or later`, fix)
  }
  // What is embedded comes with its package.
  return isBefore(version, advised) && kind === 'native'
    ? warning('pgvector', `${version} has faults that ${advised} mends`, fix)
    : ok('pgvector', version)
}
