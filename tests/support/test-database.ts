import { inject } from 'vitest'
import type { DatabaseConfig } from '../../server/db/connection.ts'
import { copyTemplate } from './native-database.ts'

/** A migrated, empty database of one's own: embedded, or a native one when TEST_DATABASE_URL is set. */
export async function newTestDatabase(): Promise<{ config: DatabaseConfig } & AsyncDisposable> {
  const template = inject('template')
  if (template.kind === 'dump') {
    const config = { kind: 'embedded', directory: 'memory://test', dump: template.file } as const
    return { config, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const copy = await copyTemplate(template.url, template.name)
  const config = { kind: 'native', url: copy.url, maxConnections: 10 } as const
  return { config, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() }
}
