import { expect, test } from 'vitest'
import type { ChangingFacts } from '../../../server/agent/review-facts.ts'
import { judgeAutomaticSend } from '../../../server/services/sending/automatic-send.ts'
import { defaultSettings } from '../../support/settings.ts'

const now = new Date('2026-05-04T10:00:00.000Z')
const good: ChangingFacts = {
  settings: { ...defaultSettings, autonomy: 'auto', freeTextReplies: true },
  reply: { kind: 'free_text' },
  operatorAllows: true,
  correspondent: 'ada@engine.example',
  intent: 'inquiry',
  confidence: 0.95,
  earlierMessages: 2,
  approvals: { ofIntent: 5, ofCorrespondent: 5 },
  sent: { lastDay: 19, lastHour: 9, toCorrespondent: 2 },
  isAnswered: false,
  isOvertaken: false,
}

test('an automatic reply goes out when nothing forbids it, and comes back to review when something does', () => {
  expect(judgeAutomaticSend(good, now)).toBeNull()
  expect(judgeAutomaticSend({ ...good, operatorAllows: false }, now)).toEqual({
    kind: 'withdraw',
    reasons: [{ code: 'OPERATOR_OFF', text: 'The operator has not enabled automatic sending.' }],
  })
})

test('in quiet hours it waits for their end, unless a rule forbids it anyway', () => {
  const quietHours = { start: '11:00', end: '13:00' }
  const quiet = { settings: { ...good.settings, quietHours, timeZone: 'Europe/Berlin' } }
  const until = new Date('2026-05-04T11:00:00.000Z')
  expect(judgeAutomaticSend({ ...good, ...quiet }, now)).toMatchObject({
    kind: 'wait',
    until,
    reason: { code: 'QUIET_HOURS' },
  })
  expect(judgeAutomaticSend({ ...good, ...quiet }, until)).toBeNull()
  expect(judgeAutomaticSend({ ...good, ...quiet, isAnswered: true }, now)).toMatchObject({ kind: 'withdraw' })
})
