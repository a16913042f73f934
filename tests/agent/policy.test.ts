import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { modeOf, reviewAgain, reviewReply, rules } from '../../server/agent/policy.ts'
import type { ReasonCode } from '../../shared-types/index.ts'
import { factsWith, good, rows } from '../support/gate-facts.ts'

const all = [...rules.changing, ...rules.stored, ...rules.drafted]

test('a reply is sent when every rule holds', () => {
  expect(reviewReply(good)).toEqual({ kind: 'send' })
  expect(reviewAgain(good)).toEqual({ kind: 'send' })
  expect(modeOf(good)).toEqual({ mode: 'maySend', reasons: [] })
})

test.each(rows)('P7: one failing rule is enough to ask, and it is named: %s %s', (code, text, failing, holding) => {
  expect(reviewReply(factsWith(failing))).toEqual({ kind: 'ask', reasons: [{ code, text }] })
  expect(reviewReply(factsWith(holding))).toEqual({ kind: 'send' })
})

test('every rule of the gate has a row in the table, and a code of its own', () => {
  const codes = all.map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect([...new Set(rows.map(([code]) => code))].sort()).toEqual(codes.sort())
})

const changing: ReasonCode[] = rules.changing.map(({ code }) => code)
const drafted: ReasonCode[] = rules.drafted.map(({ code }) => code)

test('what the owner, the operator or another reply can change while one waits is looked at again', () => {
  expect(changing).toEqual([
    'AUTONOMY_OFF',
    'OPERATOR_OFF',
    'SENDING_PAUSED',
    'CORRESPONDENT_EXCLUDED',
    'COMPLAINT',
    'INTENT_NOT_ALLOWED',
    'FREE_TEXT_OFF',
    'TEMPLATES_OFF',
    'TEMPLATE_CHANGED',
    'HARDLY_WRITTEN_TO',
    'INTENT_NOT_TRUSTED',
    'CORRESPONDENT_NOT_TRUSTED',
    'UNCERTAIN',
    'DAILY_CAP',
    'HOURLY_CAP',
    'CORRESPONDENT_CAP',
    'ANSWERED_AUTOMATICALLY',
    'NEWER_MAIL',
  ])
})

test.each(rows)('a run is for review only as soon as anything known before it fails: %s %s', (code, text, failing) => {
  const isLater = drafted.includes(code)
  const expected = isLater ? { mode: 'maySend', reasons: [] } : { mode: 'reviewOnly', reasons: [{ code, text }] }
  expect(modeOf(factsWith(failing))).toEqual(expected)
})

test.each(rows)('before it goes out only what may have changed is looked at again: %s %s', (code, text, failing) => {
  const expected = changing.includes(code) ? { kind: 'ask', reasons: [{ code, text }] } : { kind: 'send' }
  expect(reviewAgain(factsWith(failing))).toEqual(expected)
})

/** One mail has one intent, and one reply is of one kind. */
const hiding: readonly (readonly [ReasonCode, readonly ReasonCode[]])[] = [
  ['COMPLAINT', ['INTENT_NOT_ALLOWED', 'INTENT_NOT_TRUSTED']],
  ['FREE_TEXT_OFF', ['TEMPLATES_OFF', 'TEMPLATE_CHANGED']],
]

test('all that fails is told, in the order of the gate', () => {
  const apart = (code: ReasonCode) => hiding.every(([hider]) => hider !== code)
  const worst = factsWith(...rows.filter(([code]) => apart(code)).map(([, , failing]) => failing))
  const expected = all.filter(({ code }) => apart(code)).map(({ code, text }) => ({ code, text }))
  expect(reviewReply(worst)).toEqual({ kind: 'ask', reasons: expected })
})

test('whatever fails together, exactly those reasons come out', () => {
  fc.assert(
    fc.property(fc.subarray(rows), (chosen) => {
      const codes = new Set(chosen.map(([code]) => code))
      const isHidden = (code: ReasonCode) => hiding.some(([hider, hidden]) => codes.has(hider) && hidden.includes(code))
      const apart = chosen.filter(([code]) => !isHidden(code))
      const verdict = reviewReply(factsWith(...apart.map(([, , failing]) => failing)))
      const named = verdict.kind === 'ask' ? verdict.reasons.map(({ code }) => code).sort() : []
      expect(named).toEqual([...new Set(apart.map(([code]) => code))].sort())
    }),
    { numRuns: 200 },
  )
})
