import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { TokenScope } from '../../shared-types/index.ts'
import type { TestApp, TestOwner } from './app.ts'

export async function tokenOf(app: TestApp, owner: TestOwner, scopes: TokenScope[] = ['draft']): Promise<string> {
  return (await app.as(owner).auth.createToken({ name: 'An assistant', expiresInDays: 1, scopes })).token
}

/** The SDK's own client, over HTTP; `modern`: in the protocol of 2026, and without it in the one before. */
export async function connectMcp(
  app: Pick<TestApp, 'url'>,
  token: string,
  { isModern = false } = {},
): Promise<Client & AsyncDisposable> {
  const client = new Client(
    { name: 'tests', version: '1' },
    isModern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
  )
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${await app.url()}/mcp`), { requestInit }))
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

/** What a tool told, or how it refused. */
export async function use(client: Client, name: string, args: object = {}): Promise<Told> {
  const result = await client.callTool({ name, arguments: { ...args } })
  return toldOf(result)
}

export interface Told extends Record<string, unknown> {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads answers of every shape
  readonly [key: string]: any
}

function toldOf({ structuredContent, content }: CallToolResult): Told {
  const [first] = content
  const text = first?.type === 'text' ? first.text : ''
  if (JSON.stringify(structuredContent) !== text) throw new Error(`text and data differ: ${text}`)
  return structuredContent as Told
}
