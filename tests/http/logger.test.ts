import { expect, test } from 'vitest'
import { createLogger } from '../../server/logger.ts'

function recorder() {
  const lines: string[] = []
  return { lines, logger: createLogger({ level: 'info', pretty: false }, { write: (line) => void lines.push(line) }) }
}

test('secrets are replaced at every depth, in lists, children and every way of writing their name', () => {
  const { lines, logger } = recorder()
  const secret = 'canary'
  logger.info({
    authorization: secret,
    deep: { deeper: [{ refreshToken: secret, refresh_token: secret, Cookie: secret }] },
    password: { value: secret },
    code: secret,
    visible: 'shown',
  })
  logger.child({ token: secret, requestId: 'known' }).info('child')
  expect(lines.join('')).not.toContain('canary')
  expect(lines[0]).toContain('shown')
  expect(lines[1]).toContain('known')
})

test('an error is logged with stack, code and causes, and without what a vendor hung on it', () => {
  const { lines, logger } = recorder()
  const vendor = Object.assign(new Error('invalid_grant'), {
    code: '400',
    config: { headers: { authorization: 'canary' } },
    response: { data: { refresh_token: 'canary' } },
  })
  logger.error({ err: new Error('exchange failed', { cause: vendor }) }, 'failed')
  expect(lines[0]).toContain('exchange failed')
  expect(lines[0]).toContain('invalid_grant')
  expect(lines[0]).toContain('"code":"400"')
  expect(lines[0]).toContain('logger.test.ts')
  expect(lines[0]).not.toContain('canary')
})

test('a document that contains itself does not stop the log', () => {
  const { lines, logger } = recorder()
  const circle: Record<string, unknown> = {}
  circle['again'] = circle
  logger.info({ circle }, 'still here')
  expect(lines[0]).toContain('still here')
})
