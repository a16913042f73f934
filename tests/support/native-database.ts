import { randomUUID } from 'node:crypto'
import { Client, type QueryResult } from 'pg'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { migrateAll, reportError } from './migrate-all.ts'

/** A migrated database on the native server, to be copied. */
export async function createTemplate(url: string): Promise<{ name: string; drop(): Promise<void> }> {
  const name = `reasonflow_test_${randomUUID().slice(0, 8)}`
  await run(url, `create database ${name}`)
  {
    await using database = await openDatabase(
      { kind: 'native', url: withDatabase(url, name), maxConnections: 2 },
      reportError,
    )
    await migrateAll(database, withDatabase(url, name))
  }
  return { name, drop: () => drop(url, name) }
}

/** A fresh copy of the template; dropped on disposal. */
export async function copyTemplate(url: string, template: string): Promise<{ url: string } & AsyncDisposable> {
  const name = `${template}_${randomUUID().slice(0, 8)}`.replaceAll('-', '_')
  await run(url, `create database ${name} template ${template}`)
  return { url: withDatabase(url, name), [Symbol.asyncDispose]: () => drop(url, name) }
}

/** A new database with nothing in it; dropped on disposal. */
export async function createEmptyDatabase(url: string): Promise<{ url: string } & AsyncDisposable> {
  const name = `reasonflow_empty_${randomUUID().slice(0, 8)}`
  await run(url, `create database ${name}`)
  return { url: withDatabase(url, name), [Symbol.asyncDispose]: () => drop(url, name) }
}

/** The copies of a template that nobody gave back. */
export async function dropCopies(url: string, template: string): Promise<void> {
  const { rows } = await run(url, `select datname from pg_database where starts_with(datname, '${template}_')`)
  for (const { datname } of rows as { datname: string }[]) await drop(url, datname)
}

/** Whoever is still connected to the database at `url` is sent away. */
export async function endOtherSessions(url: string): Promise<void> {
  await run(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

async function drop(url: string, name: string): Promise<void> {
  await run(url, `drop database if exists ${name} with (force)`)
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}

async function run(url: string, statement: string): Promise<QueryResult> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
