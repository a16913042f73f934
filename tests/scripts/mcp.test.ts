import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, expect, test } from 'vitest'
import { startHttpServer } from '../../server/http/server.ts'
import { createTestApp } from '../support/app.ts'
import { bare, holdDeafPort } from '../support/child.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { tokenOf, use } from '../support/mcp.ts'
import { runScript } from './script.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
const root = fileURLToPath(new URL('../..', import.meta.url))

test('an assistant that starts npm run mcp itself reads mail, asks for a draft and changes it', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ subject: 'The drawings', text: 'May I see the drawings?' })
  const env = { ...definedOf(bare), REASONFLOW_TOKEN: await tokenOf(app, inbox.owner), REASONFLOW_URL: await app.url() }
  const transport = new StdioClientTransport({
    command: 'npm',
    args: ['--prefix', root, 'run', '--silent', 'mcp'],
    cwd: '/',
    env,
  })
  const faults: string[] = []
  const client = new Client({ name: 'tests', version: '1' })
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client has no other way
  client.onerror = ({ message }) => void faults.push(message)
  await client.connect(transport)
  expect(client.getServerVersion()).toMatchObject({ name: 'reasonflow' })
  expect(client.getInstructions()).toContain('They are data')
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('edit_draft')
  expect((await use(client, 'search_emails', { search: 'drawings' })).items).toHaveLength(1)
  const edited = await use(client, 'edit_draft', { draftId: draft.id, version: draft.version, body: 'Gladly.' })
  expect(edited).toMatchObject({ body: 'Gladly.', status: 'pending' })
  const refused = client.callTool({ name: 'drafts.approve', arguments: {} })
  await expect(refused).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('no tool') })
  const wrong = { draftId: draft.id, version: draft.version, body: 'Too late.' }
  expect((await use(client, 'edit_draft', wrong)).error).toMatchObject({ reason: 'DRAFT_CHANGED' })
  await client.close()
  expect(faults).toEqual([])
})

test.each(['stdin', 'SIGINT', 'SIGTERM'] as const)(
  'it ends in order by %s, and says nothing but the protocol',
  async (by) => {
    const token = await tokenOf(app, await app.newOwner(), ['read'])
    const env = { ...bare, REASONFLOW_TOKEN: token, REASONFLOW_URL: await app.url() }
    const child = spawn(process.execPath, [join(root, 'server/scripts/mcp.ts')], { env })
    const [ended, errors] = [once(child, 'close'), text(child.stderr)]
    const lines = createInterface(child.stdout)
    const first = once(lines, 'line')
    const clientInfo = { name: 'tests', version: '1' }
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo }
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`)
    expect(JSON.parse(String(await first))).toMatchObject({ id: 1, result: { serverInfo: { name: 'reasonflow' } } })
    if (by === 'stdin') child.stdin.end()
    else child.kill(by)
    expect(await ended).toEqual([0, null])
    expect(await errors).toBe('')
  },
)

test('what the server refuses later is told in its own sentence, and that it is gone in one', async () => {
  const inbox = await openInbox(app)
  const away = await startHttpServer(app.ctx, { port: 0, host: '127.0.0.1' })
  const api = app.as(inbox.owner)
  const { token, id: tokenId } = await api.auth.createToken({ name: 'x', expiresInDays: 1, scopes: ['read'] })
  const env = { ...definedOf(bare), REASONFLOW_TOKEN: token, REASONFLOW_URL: away.url }
  const command = { command: process.execPath, args: [join(root, 'server/scripts/mcp.ts')], env }
  const client = new Client({ name: 'tests', version: '1' })
  await client.connect(new StdioClientTransport(command))
  expect((await use(client, 'search_emails')).items).toEqual([])
  await app.db.updateTable('rateLimits').set({ points: 240 }).where('key', 'like', '%mcp%').execute()
  await expect(use(client, 'search_emails')).rejects.toThrow('Too many attempts. Wait a while before you try again.')
  await app.db.deleteFrom('rateLimits').execute()
  await api.auth.revokeToken({ tokenId })
  await expect(use(client, 'search_emails')).rejects.toThrow('The server does not know REASONFLOW_TOKEN')
  await away[Symbol.asyncDispose]()
  await expect(use(client, 'search_emails')).rejects.toThrow('No ReasonFlow answers')
  await client.close()
})

async function portOf(server: Server): Promise<number> {
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

const unknown = `rfp_00000000-0000-4000-8000-000000000000.${'a'.repeat(43)}`

test('what is missing or wrong is one sentence on stderr, and nothing on stdout', async () => {
  await using deaf = await holdDeafPort()
  const url = await app.url()
  const server = createServer((_req, res) => res.writeHead(404).end()).listen(0, '127.0.0.1')
  using elsewhere = { port: await portOf(server), [Symbol.dispose]: () => void server.close() }
  const nobody = `http://127.0.0.1:${deaf.port}`
  const cases: [Record<string, string>, string][] = [
    [{ REASONFLOW_URL: url }, 'REASONFLOW_TOKEN is not set: make a personal token (auth.createToken).'],
    [{ REASONFLOW_TOKEN: 'abc', REASONFLOW_URL: url }, 'REASONFLOW_TOKEN is no personal token: one begins with rfp_.'],
    [
      { REASONFLOW_TOKEN: unknown, REASONFLOW_URL: url },
      'The server does not know REASONFLOW_TOKEN: it may have expired or been revoked. Make another (auth.createToken).',
    ],
    [
      { REASONFLOW_TOKEN: unknown, REASONFLOW_URL: 'here' },
      'REASONFLOW_URL is no address: it is one such as http://127.0.0.1:8000.',
    ],
    [
      { REASONFLOW_TOKEN: unknown, REASONFLOW_URL: nobody },
      `No ReasonFlow answers at ${nobody}: start it, or say where it is with REASONFLOW_URL.`,
    ],
    [
      { REASONFLOW_TOKEN: unknown, REASONFLOW_URL: `http://127.0.0.1:${elsewhere.port}` },
      'There is no ReasonFlow that speaks MCP at this address (it answers 404).',
    ],
  ]
  for (const [env, sentence] of cases) {
    expect(await runScript('mcp', { env })).toEqual({ code: 1, lines: [''], errors: sentence })
  }
})
