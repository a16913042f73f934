import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, failureOf, mail } from './connect.ts'

const ada = 'ada@example.test'
const bob = 'bob@example.test'

test('an account that used its units of a minute is refused, another is not, and refused calls cost nothing', async () => {
  await using sandbox = await startSandbox({ unitsPerMinute: 50 })
  const { gmail } = await connect(sandbox, ada)
  const other = await connect(sandbox, bob)
  const { id } = await sandbox.deliver(ada, mail({}))
  for (let calls = 0; calls < 2; calls += 1) await gmail.users.messages.get({ userId: 'me', id })
  expect(await failureOf(gmail.users.messages.get({ userId: 'me', id }))).toMatchObject({
    status: 429,
    reason: 'rateLimitExceeded',
  })
  await gmail.users.messages.list({ userId: 'me' })
  await other.gmail.users.messages.list({ userId: 'me' })
  expect([sandbox.unitsUsed(ada), sandbox.busiestMinute(ada), sandbox.busiestMinute(bob)]).toEqual([45, 45, 5])
})
