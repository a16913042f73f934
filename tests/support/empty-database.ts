import { inject } from 'vitest'
import { createEmptyDatabase } from './native-database.ts'

/** One on the tests' own server, with nothing in it. */
export async function newEmptyDatabase() {
  const template = inject('template')
  if (template.kind !== 'database') throw new Error('this needs TEST_DATABASE_URL')
  return createEmptyDatabase(template.url)
}
