import { Client, ProtocolError, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import packageJson from '../../package.json' with { type: 'json' }
import { StartError } from '../errors.ts'
import { readArguments, runScript } from './run-script.ts'

const identity = { name: 'reasonflow', title: 'ReasonFlow', version: packageJson.version }

// For an assistant that starts its tools itself. It asks a running server as any program does, so that no password of
// the database lies where the assistant runs; on stdout stands the protocol and nothing else.
await runScript(async () => {
  readArguments('npm run mcp', {})
  const remote = await connect(readSettings())
  const instructions = remote.getInstructions()
  const handle = serveStdio(() => forward(remote, instructions))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
  process.stdin.once('end', () => void end())

  async function end(): Promise<void> {
    await handle.close()
    await remote.close()
    process.stdin.destroy()
  }
})

function readSettings(): { token: string; url: URL } {
  const { REASONFLOW_TOKEN: token, REASONFLOW_URL: address = 'http://127.0.0.1:8000' } = process.env
  if (!token) throw new StartError('REASONFLOW_TOKEN is not set: make a personal token (auth.createToken).')
  if (!/^rfp_[\w.-]+$/.test(token)) throw new StartError('REASONFLOW_TOKEN is no personal token: one begins with rfp_.')
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new StartError('REASONFLOW_URL is no address: it is one such as http://127.0.0.1:8000.')
  return { token, url: new URL('/mcp', address) }
}

async function connect({ token, url }: { token: string; url: URL }): Promise<Client> {
  const client = new Client(identity)
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  try {
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }))
  } catch (error) {
    throw new StartError(inWords(error, url), { cause: error })
  }
  return client
}

function forward(remote: Client, instructions = ''): McpServer {
  const mcp = new McpServer(identity, { capabilities: { tools: {} }, instructions })
  mcp.server.setRequestHandler('tools/list', (_request, { mcpReq: { signal } }) =>
    passed(remote.listTools({}, { signal })),
  )
  mcp.server.setRequestHandler('tools/call', ({ params: { name, arguments: given } }, { mcpReq: { signal } }) =>
    passed(remote.callTool({ name, ...(given && { arguments: given }) }, { signal })),
  )
  return mcp
}

/** What the server says goes through as it is, and that nothing came of it in one sentence. */
async function passed<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    // oxlint-disable-next-line preserve-caught-error -- what is thrown here is told to the assistant
    throw new Error(inWords(error))
  }
}

function inWords(error: unknown, url?: URL): string {
  if (error instanceof SdkHttpError && error.status === 401)
    return 'The server does not know REASONFLOW_TOKEN: it may have expired or been revoked. Make another (auth.createToken).'
  if (error instanceof SdkHttpError) {
    const [, sentence] = /"message":"((?:[^"\\]|\\.)*)"/.exec(error.message) ?? []
    return sentence ?? `There is no ReasonFlow that speaks MCP at this address (it answers ${error.status}).`
  }
  return `No ReasonFlow answers${url ? ` at ${url.origin}` : ''}: start it, or say where it is with REASONFLOW_URL.`
}
