import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createLogger } from '../../server/logger.ts'
import { openTestDatabase } from '../support/rows.ts'

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

test('a SQLSTATE is no secret, whether the error comes as thrown or as a plain object, as the queue hands it on', async () => {
  const { db } = await openTestDatabase()
  const { lines, logger } = recorder()
  const error = await sql`select 1 / 0`.execute(db).catch((thrown: Error) => thrown)
  const plain = Object.assign({}, error, { message: 'division by zero', queue: 'sync-mailbox' })
  logger.warn({ err: error }, 'thrown')
  logger.warn({ err: plain }, 'handed on')
  logger.warn({ err: new Error('outer', { cause: plain }) }, 'as a cause')
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(line).toContain('"code":"22012"')
  expect(lines.join('')).not.toContain('[secret]')
})

test('what an error calls its code is hidden when it looks like no code of an error', () => {
  const { lines, logger } = recorder()
  logger.warn({ err: { message: 'redeeming failed', code: '4/0AX4-canary' } })
  logger.warn({ err: Object.assign(new Error('redeeming failed'), { code: '4/0AX4-canary' }) })
  expect(lines.join('')).not.toContain('canary')
})

test('an error under any other name is logged like one, and not with all that hangs on it', () => {
  const { lines, logger } = recorder()
  const error = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(canary) exists.' })
  logger.warn({ failure: error, deep: { failures: [error] } })
  expect(lines[0]).toContain('duplicate key')
  expect(lines[0]?.match(/"code":"23505"/g)).toHaveLength(2)
  expect(lines[0]).not.toContain('canary')
})

test('what could not be read, as JSON or by the database, is not quoted', async () => {
  const { db } = await openTestDatabase()
  const { lines, logger } = recorder()
  for (const text of ['a canary "sings"\nloudly', '{"body": canary}', '"canary', '{"a": "\u0001canary"}']) {
    const notJson = (() => {
      try {
        return JSON.parse(text) as never
      } catch (error) {
        return error
      }
    })()
    logger.warn({ err: new Error('no answer', { cause: notJson }) }, 'failed')
    const noNumber = await sql`select ${text}::text::integer`.execute(db).catch((error: unknown) => error)
    logger.warn({ err: noNumber }, 'failed')
  }
  expect(lines).toHaveLength(8)
  expect(lines[0]).toContain('is not valid JSON')
  expect(lines[1]).toContain('"code":"22P02"')
  expect(lines.join('')).not.toContain('canary')
})
