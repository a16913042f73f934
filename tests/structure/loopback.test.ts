import { once } from 'node:events'
import { get } from 'node:http'
import { get as getSecurely } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Client } from 'pg'
import { expect, test } from 'vitest'

/** The message of whatever went wrong, however deep. */
async function failureOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
    return 'it was let through'
  } catch (error) {
    const messages: string[] = []
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message)
    return messages.join(': ')
  }
}

// 192.0.2.1 is set aside for documentation (RFC 5737): nobody answers there.
test.each(['192.0.2.1', 'example.com', '10.0.0.1', '0x7f.example', '127.0.0.1.example', '::ffff:192.0.2.1'])(
  'a test that connects to %s fails',
  async (host) => {
    const refusal = `a test tried to connect to ${host}`
    expect(await failureOf(() => connect(80, host))).toContain(refusal)
    expect(await failureOf(() => connect({ port: 443, host }))).toContain(refusal)
    const name = host.includes(':') ? `[${host}]` : host
    expect(await failureOf(() => once(get({ host, port: 80 }), 'response'))).toContain(refusal)
    expect(await failureOf(() => once(getSecurely({ host, port: 443 }), 'response'))).toContain(refusal)
    expect(await failureOf(() => new Client({ connectionString: `postgresql://u@${name}/d` }).connect())).toContain(
      'a test tried to connect',
    )
  },
)

test.each(['http://192.0.2.1/', 'https://example.com/'])('a test that fetches %s fails', async (url) => {
  expect(await failureOf(() => fetch(url))).toContain('a test tried to connect to')
})

test('this machine is reached', async () => {
  const server = createServer((socket) => socket.end('hello'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  for (const host of ['127.0.0.1', 'localhost']) {
    const [greeting] = (await once(connect(port, host), 'data')) as [Buffer]
    expect(greeting.toString()).toBe('hello')
  }
  await new Promise((resolve) => server.close(resolve))
})
