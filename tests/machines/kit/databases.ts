import { cpSync } from 'node:fs'
import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { newFolder } from '../../support/child.ts'
import { copyTemplate, createTemplate } from '../../support/native-database.ts'
import { embeddedTemplate } from '../../support/template-cache.ts'

/** A migrated database that one process at a time has open. */
export interface MachineDatabase extends AsyncDisposable {
  readonly config: DatabaseConfig
  /** Its address in a server's environment. */
  readonly environment: Readonly<Record<string, string>>
  /** A copy of what is in it now; nobody may have it open meanwhile. */
  copy(): Promise<MachineDatabase>
}

/** On the native server at `url`, else embedded, in a folder of its own. */
export async function newDatabase(url: string | undefined): Promise<MachineDatabase> {
  if (url !== undefined) {
    const { name, drop } = await createTemplate(url)
    return native(url, name, drop)
  }
  const folder = newFolder()
  cpSync((await embeddedTemplate()).directory, folder.path, { recursive: true })
  return embedded(folder)
}

/** One of those that need no copies: on the native server at `url`, else in memory. */
export async function quickDatabase(url?: string): Promise<{ config: DatabaseConfig } & AsyncDisposable> {
  if (url !== undefined) return newDatabase(url)
  const config = { kind: 'embedded', directory: 'memory://machine', dump: (await embeddedTemplate()).file } as const
  return { config, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function native(server: string, name: string, drop: () => Promise<void>): MachineDatabase {
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    config: { kind: 'native', url: url.href, maxConnections: 4 },
    environment: { DATABASE_URL: url.href, DATABASE_MAX_CONNECTIONS: '4' },
    async copy() {
      const copied = await copyTemplate(server, name)
      return native(server, new URL(copied.url).pathname.slice(1), async () => copied[Symbol.asyncDispose]())
    },
    [Symbol.asyncDispose]: drop,
  }
}

function embedded(folder: ReturnType<typeof newFolder>): MachineDatabase {
  return {
    config: { kind: 'embedded', directory: folder.path },
    environment: { DATA_DIR: folder.path },
    copy() {
      const copied = newFolder()
      cpSync(folder.path, copied.path, { recursive: true })
      return Promise.resolve(embedded(copied))
    },
    [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
  }
}
