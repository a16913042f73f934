import { mock } from 'node:test'
import { z } from 'zod'
import { createCircuit } from '../../../../server/adapters/circuit.ts'
import { isUpstream } from '../../../../server/errors.ts'
import type { ModelRequest } from '../../../../server/model-question.ts'
import { type ModelCallName, modelThat } from './model-calls.ts'
import type { ModelStage } from './model-stage.ts'

const callsUntilOpen = 10
const pauseMs = 30_000
const never = new AbortController().signal

/** Ten calls that fail open the circuit, one tries when its pause is over, and a good answer closes it. */
export async function circuitProblems(stage: ModelStage, call: ModelCallName, deadlineMs: number): Promise<string[]> {
  const circuit = createCircuit(stage.wire.vendor)
  const adapters = stage.adapters(deadlineMs, circuit)
  const ask = (): Promise<unknown> =>
    call === 'embed'
      ? adapters.embedder.embed(['any text'], 'document', never)
      : adapters.model.answer(questionFor(call), never)
  const outcomes = await Promise.allSettled(Array.from({ length: callsUntilOpen }, ask))
  const hasFailed = outcomes.every(
    (outcome) => outcome.status === 'rejected' && isUpstream(outcome.reason, 'unavailable', 'timeout', 'bad_answer'),
  )
  if (hasFailed !== (circuit.pause !== null))
    return [`ten calls failed: ${hasFailed}, and the circuit thinks otherwise`]
  return hasFailed ? pauseProblems(stage, ask, () => circuit.pause !== null) : []
}

async function pauseProblems(
  { server, calls }: ModelStage,
  ask: () => Promise<unknown>,
  isOpen: () => boolean,
): Promise<string[]> {
  const asked = server.requests.length
  await ask().catch(() => {})
  const isLeftAlone = server.requests.length === asked
  server.behave(modelThat(calls))
  mock.timers.enable({ apis: ['Date'], now: Date.now() + pauseMs })
  await ask().catch(() => {})
  mock.timers.reset()
  return [
    ...(isLeftAlone ? [] : ['with an open circuit the model was asked']),
    ...(server.requests.length > asked ? [] : ['after the pause nobody tried whether the model is back']),
    ...(isOpen() ? ['a good answer did not close the circuit'] : []),
  ]
}

function questionFor(call: Exclude<ModelCallName, 'embed'>): ModelRequest {
  const mail = { subject: '', from: { name: '', address: '' }, text: '', receivedAt: '', quoted: '', isReply: false }
  const [property] = { classify: ['intent'], decide: ['tools'], generate: ['body'], verify: ['verdict'] }[call]
  const schema = z.object({ [String(property)]: z.string() })
  return {
    system: 'You sort mail.',
    prompt: 'How much?',
    facts: { task: 'classify', mail },
    schema: z.toJSONSchema(schema),
    maxOutputTokens: 100,
  }
}
