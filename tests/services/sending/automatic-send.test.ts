import { expect, test } from 'vitest'
import {
  type AutomaticSendFacts,
  automaticSendRules,
  judgeAutomaticSend,
} from '../../../server/services/sending/automatic-send.ts'
import type { ReasonCode, Settings } from '../../../shared-types/index.ts'
import { defaultSettings } from '../../support/settings.ts'

const now = new Date('2026-05-04T10:00:00.000Z')
const rules: Settings = { ...defaultSettings, autonomy: 'auto' }
const good: AutomaticSendFacts = {
  operatorAllows: true,
  rules,
  correspondent: 'ada@engine.example',
  sent: { lastDay: 19, lastHour: 9, toCorrespondent: 2 },
  isAnswered: false,
}
const ruled = (changes: Partial<Settings>): Partial<AutomaticSendFacts> => ({ rules: { ...rules, ...changes } })
const sent = (changes: Partial<AutomaticSendFacts['sent']>) => ({ sent: { ...good.sent, ...changes } })
const [ada, bob] = ['ada@engine.example', 'bob@engine.example']
const denied = 'You do not let this person be answered automatically.'

const rows: [
  code: ReasonCode,
  text: string,
  forbidden: Partial<AutomaticSendFacts>,
  allowed: Partial<AutomaticSendFacts>,
][] = [
  [
    'OPERATOR_OFF',
    'The operator has switched automatic sending off.',
    { operatorAllows: false },
    { operatorAllows: true },
  ],
  ['AUTONOMY_OFF', 'Automatic sending is off.', ruled({ autonomy: 'ask' }), ruled({ autonomy: 'auto' })],
  ['AUTONOMY_OFF', 'Automatic sending is off.', ruled({ autonomy: 'off' }), ruled({ autonomy: 'auto' })],
  [
    'SENDING_PAUSED',
    'You have paused automatic sending.',
    ruled({ sendingPaused: true }),
    ruled({ sendingPaused: false }),
  ],
  ['CORRESPONDENT_EXCLUDED', denied, ruled({ deniedCorrespondents: [ada] }), ruled({ deniedCorrespondents: [bob] })],
  [
    'CORRESPONDENT_EXCLUDED',
    denied,
    ruled({ allowedCorrespondents: [bob] }),
    ruled({ allowedCorrespondents: [bob, ada] }),
  ],
  [
    'CORRESPONDENT_EXCLUDED',
    denied,
    ruled({ allowedCorrespondents: [ada], deniedCorrespondents: [ada] }),
    ruled({ allowedCorrespondents: [], deniedCorrespondents: [] }),
  ],
  [
    'DAILY_CAP',
    'As many automatic replies as you allow went out in the last 24 hours.',
    sent({ lastDay: 20 }),
    sent({ lastDay: 0 }),
  ],
  [
    'DAILY_CAP',
    'As many automatic replies as you allow went out in the last 24 hours.',
    ruled({ dailySendCap: 0 }),
    {},
  ],
  [
    'HOURLY_CAP',
    'As many automatic replies as you allow went out in the last hour.',
    sent({ lastHour: 10 }),
    sent({ lastHour: 0 }),
  ],
  ['HOURLY_CAP', 'As many automatic replies as you allow went out in the last hour.', ruled({ hourlySendCap: 9 }), {}],
  [
    'CORRESPONDENT_CAP',
    'This person got as many automatic replies as you allow in the last 24 hours.',
    sent({ toCorrespondent: 3 }),
    ruled({ correspondentDailyCap: 4 }),
  ],
  [
    'ANSWERED_AUTOMATICALLY',
    'An automatic reply has gone into this conversation since this mail came.',
    { isAnswered: true },
    {},
  ],
]

test('an automatic reply goes out when nothing forbids it', () => {
  expect(judgeAutomaticSend(good, now)).toBeNull()
})

test.each(rows)(
  'one rule is enough to bring it back to review, and it is named: %s',
  (code, text, forbidden, allowed) => {
    expect(judgeAutomaticSend({ ...good, ...forbidden }, now)).toEqual({ kind: 'withdraw', reasons: [{ code, text }] })
    expect(judgeAutomaticSend({ ...good, ...allowed }, now)).toBeNull()
  },
)

test('every rule has a row in the table', () => {
  const named = new Set(rows.map(([code]) => code))
  expect([...named].sort()).toEqual(automaticSendRules.map(({ code }) => code).sort())
})

test('in quiet hours it waits for their end, unless a rule forbids it anyway', () => {
  const quiet = ruled({ quietHours: { start: '11:00', end: '13:00' }, timeZone: 'Europe/Berlin' })
  const until = new Date('2026-05-04T11:00:00.000Z')
  expect(judgeAutomaticSend({ ...good, ...quiet }, now)).toMatchObject({ kind: 'wait', until })
  expect(judgeAutomaticSend({ ...good, ...quiet }, until)).toBeNull()
  expect(judgeAutomaticSend({ ...good, ...quiet, isAnswered: true }, now)).toMatchObject({ kind: 'withdraw' })
})
