import { afterAll, expect, test } from 'vitest'
import type { Inward } from './steps/effects.ts'
import { judgeSteps } from './steps/judge.ts'
import { openProgram } from './steps/program.ts'

/** Calls of ports that are no effects of their own. */
const inward: Inward = {
  Clock: 'tells the time',
  Sealer: 'computes',
  MimeCodec: 'computes, in a thread of this process',
  ReplyLikeness: 'computes',
  Circuit: 'stands around a call that has a name already',
  AccessTokens: 'is made of steps of its own',
  NotificationFeed: 'reads, and waits',
  ModelBudget: 'is made of steps of its own',
  'JobQueue.enqueue': 'joins a transaction that has a name',
  'JobQueue.makeDueNow': 'joins a transaction that has a name',
  'JobQueue.deleteOf': 'joins a transaction that has a name',
  'JobQueue.work': 'runs handlers, whose effects have names',
  'JobQueue.drain': 'runs handlers, whose effects have names',
}

const program = openProgram()
afterAll(() => program[Symbol.dispose]())

test('every effect of the server stands in a step with a name of its own', () => {
  // Scripts are a person's commands: nothing takes them up again after a crash. step.ts is the seam itself.
  const files = program.filesBelow('server/').filter(({ fileName }) => !/\/server\/(scripts\/|step\.ts)/.test(fileName))
  expect(files.length).toBeGreaterThan(150)
  expect(judgeSteps(program, files, inward)).toEqual([])
})

test('every kind of effect without a name is found', () => {
  const planted = program.filesBelow('tests/structure/steps/planted.ts')
  const faults = judgeSteps(program, planted, inward).map((fault) => fault.replace(/^.*planted\.ts:\d+: /, ''))
  const expected = [
    'Mailbox.profile stands in no step',
    'GoogleAuth.revoke stands in no step',
    'MailSender.sendGmailDraft stands in no step',
    'transaction stands in no step',
    'deleteFrom stands in no step',
    'sql stands in no step',
    'clear stands in no step',
    'cancelReady stands in no step',
    'the step two-effects holds several effects',
    'the step asks-outside holds several effects',
    'the step name has a name that is no closed set of literals',
    'the step name has a name that is no closed set of literals',
    'the step Not_Kebab is not named in kebab-case',
    'the step two-effects has the name of another: Mailbox.profile',
  ]
  expect(faults.sort()).toEqual(expected.sort())
})
