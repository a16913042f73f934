import { cp } from 'node:fs/promises'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../server/db/engine/connection.ts'
import { type Child, newFolder, startNode } from './child.ts'
import { reportError } from './migrate-all.ts'
import { copyTemplate } from './native-database.ts'
import { embeddedTemplate } from './template-cache.ts'

/** What a server needs to start; the empty values keep a developer's own `.env` out. */
export const environment = {
  APP_ENV: 'development',
  LOG_LEVEL: 'info',
  JWT_SECRET_KEY: 'a secret of the tests, long enough to be one',
  ENCRYPTION_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
  DATABASE_URL: '',
  GEMINI_API_KEY: '',
  GMAIL_CLIENT_ID: '',
  GMAIL_CLIENT_SECRET: '',
  MODEL_PROVIDER: '',
}

export interface ServerProcess extends Child {
  readonly url: string
  readonly port: number
}

/** `node server/main.ts` with these variables on top of the usual; does not wait for it. */
export function startMain(env: Readonly<Record<string, string>>): Child {
  return startNode(['server/main.ts'], { ...environment, ...env })
}

/** A server of its own process that has begun to listen, on a port that the system chose. */
export async function startServer(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = startMain({ PORT: '0', ...env })
  const port = await portOf(child)
  return { ...child, port, url: `http://127.0.0.1:${port}` }
}

/** Where it listens, by its own word; for people and as JSON its log has this in common. */
export async function portOf(child: Child): Promise<number> {
  const told = /\burl"?: ?"http:\/\/localhost:(\d+)"/
  await child.printed(told)
  return Number(told.exec(child.output())?.[1])
}

/** A data directory, migrated beforehand. */
export async function newDataDirectory(): Promise<{ env: { DATA_DIR: string } } & AsyncDisposable> {
  const folder = newFolder()
  await cp((await embeddedTemplate()).directory, folder.path, { recursive: true })
  return { env: { DATA_DIR: folder.path }, [Symbol.asyncDispose]: async () => folder[Symbol.dispose]() }
}

/** A migrated database for a server process, and a way to look into it while no server has it. */
export async function newServerDatabase(): Promise<
  { env: Record<string, string>; open(): Promise<Database>; url: string | null } & AsyncDisposable
> {
  const template = inject('template')
  if (template.kind === 'database') {
    const copy = await copyTemplate(template.url, template.name)
    return {
      env: { DATABASE_URL: copy.url },
      url: copy.url,
      open: () => openDatabase({ kind: 'native', url: copy.url, maxConnections: 2 }, reportError),
      [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
    }
  }
  const { env, [Symbol.asyncDispose]: dispose } = await newDataDirectory()
  return {
    env,
    url: null,
    open: () => openDatabase({ kind: 'embedded', directory: env.DATA_DIR }, reportError),
    [Symbol.asyncDispose]: dispose,
  }
}
