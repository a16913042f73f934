import { afterAll, afterEach, expect, test } from 'vitest'
import { unansweredAsks } from '../../server/agent/unanswered-asks.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => model.reset())

const asks = ['How much do two more drawings cost?', 'When can you deliver them to Lisbon?']

test.each([
  [asks, ['Two drawings are 90 pounds.'], ['When can you deliver them to Lisbon?']],
  [asks, ['Two drawings are 90 pounds, delivered within a week.'], []],
  [asks, ['Two drawings are 90 pounds.', 'When will they be in Lisbon?'], []],
  [
    ['Wo ist der Schlüssel?', 'Gibt es Parkplätze im Innenhof?'],
    ['Den Schlüssel hat Bob.'],
    ['Gibt es Parkplätze im Innenhof?'],
  ],
  // One ask alone may be answered with a word, and what says nothing but “could you” is no ask of its own.
  [['May I see the drawings?'], ['Gladly.'], []],
  [['Could you?', 'May I see the drawings?'], ['The drawings are here.'], []],
  [['May I see the drawings?', 'Can I have them by Friday?'], ['Gladly.'], []],
])('of %j, %j leaves open %j', (asked, said, open) => {
  expect(unansweredAsks(asked, said)).toEqual(open)
})

test('what a model passes over is asked of the owner', async () => {
  const inbox = await openInbox(app)
  model.always('generate', (usual) => ({
    ...usual,
    body: 'Dear Ada,\n\n90 pounds for the drawings.',
    openQuestions: [],
  }))
  const { openQuestions } = await inbox.newDraft({ subject: 'Two things', text: asks.join('\r\n') })
  expect(openQuestions).toEqual([
    { id: 'q1', question: 'The draft says nothing to “When can you deliver them to Lisbon?”: what do you answer?' },
  ])
})
