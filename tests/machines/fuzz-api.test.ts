// Slow: two applications, each with two owners who have something of everything.
import { afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import { corpusFile, hasCorpus } from '../support/corpus.ts'
import { judge } from './fuzz-api/judge.ts'
import { playFuzz } from './fuzz-api/machine.ts'

const naughty = () => JSON.parse(corpusFile('naughty-strings.json').toString()) as string[]
afterEach(() => hookSteps(undefined))

// 250 requests, always the same; `npm run fuzz:api` sends 50,000.
test.runIf(hasCorpus())('hostile requests are refused in words, and none is a server error', refuse, 60_000)
async function refuse(): Promise<void> {
  const { figures, problems } = await playFuzz({ inputs: 250, seed: 7, naughty: naughty(), tell: () => undefined })
  expect(problems).toEqual([])
  expect(figures).toMatchObject({ inputs: 250, serverErrors: 0, stacks: 0, limited: 0 })
  expect(figures.answered).toBeGreaterThan(20)
}

test('a fault of the server is found, in the answer and in the log', async () => {
  const before = (name: string) => {
    if (/template|contact|dismiss|revoke|cancel|mark/.test(name)) throw new Error('planted')
  }
  const tamper = () => hookSteps({ before })
  const { figures, problems } = await playFuzz({ inputs: 100, seed: 7, naughty: ['x'], tamper, tell: () => undefined })
  expect(figures.serverErrors).toBeGreaterThan(0)
  expect(problems.join()).toMatch(/it is answered 500: .*logged as a bug: .*planted/s)
}, 60_000)

const asked = { method: 'GET', path: '/trpc/emails.list', sent: 'a line at server/x.ts:1', isHttp: true }
const secrets = { canaries: ['canary7'], tables: ['refresh_tokens'], root: '/srv/reasonflow' }
const id = '5d2a'
const refusal = (message: string, data: object = {}) => ({
  statuses: [400],
  headers: { 'content-type': 'application/json', 'x-request-id': id },
  text: JSON.stringify({
    error: { message, data: { reason: 'VALIDATION_FAILED', requestId: id, httpStatus: 400, ...data } },
  }),
})

test('an answer that says what is wrong and nothing else passes', () => {
  expect(judge(asked, refusal('limit: must be at least 1'), secrets).problems).toEqual([])
})

test.each([
  ['a stack', refusal('x\n    at list (server/routers/emails.ts:12:3)'), 'stacks'],
  ['a folder of the server', refusal('no such file: /srv/reasonflow/server'), 'stacks'],
  ['a statement', refusal('select id, name from users where id = $1'), 'stacks'],
  ['what the database said', refusal('duplicate key value is there'), 'stacks'],
  ['a table', refusal('refresh_tokens is locked'), 'stacks'],
  ['another owner', { ...refusal(''), statuses: [200], text: '{"result":{"data":"of canary7"}}' }, 'stacks'],
  ['a fault without a reason', refusal('Something went wrong.', { reason: 'INTERNAL' }), 'serverErrors'],
  ['a fault in a batch', { ...refusal('x', { httpStatus: 500 }), statuses: [207] }, 'serverErrors'],
  ['a reason nobody knows', refusal('x', { reason: 'ODD' }), 'malformed'],
  ['the id of another request', refusal('x', { requestId: 'other' }), 'malformed'],
  ['no sentence', refusal(''), 'malformed'],
  ['an error as a page', { ...refusal('x'), headers: { 'content-type': 'text/html' } }, 'malformed'],
  ['no answer', { statuses: [], headers: {}, text: '', failure: 'socket hang up' }, 'unanswered'],
  ['a server that gives up', { ...refusal('x'), statuses: [503] }, 'overloaded'],
] as const)('%s is found', (_, answer, kind) => {
  expect(judge(asked, answer, secrets).problems.map((problem) => problem.kind)).toContain(kind)
})
