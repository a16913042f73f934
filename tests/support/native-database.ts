import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { openDatabase } from '../../server/db/connection.ts'
import { migrateAll, reportError } from './migrate-all.ts'

/** A migrated database on the native server, to be copied by every test file. */
export async function createTemplate(url: string): Promise<{ name: string; drop(): Promise<void> }> {
  const name = newName()
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
  const name = newName()
  await run(url, `create database ${name} template ${template}`)
  return { url: withDatabase(url, name), [Symbol.asyncDispose]: () => drop(url, name) }
}

function newName(): string {
  return `reasonflow_test_${randomUUID().replaceAll('-', '')}`
}

function drop(url: string, name: string): Promise<void> {
  return run(url, `drop database if exists ${name} with (force)`)
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
