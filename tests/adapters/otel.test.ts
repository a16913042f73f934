import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { traceparent } from '../../server/tracing.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { startNode } from '../support/child.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'
import { approvalOf } from '../support/sending.ts'
import { attributeOf, type ReceivedSpan, startTraceReceiver } from '../support/trace-receiver.ts'

const model = createScriptedModel()
const mail = {
  from: 'Canary Sender <canary@engine.example>',
  subject: 'The canary of a subject',
  text: 'Hello Mara,\r\n\r\nmay the canary see two more drawings? How much are they?\r\n\r\nAda',
}

/** What a collector is told of all that happens between the start of an application and its end. */
async function watch(happens: (app: TestApp, inbox: Inbox) => Promise<void>) {
  await using receiver = await startTraceReceiver()
  {
    await using app = await createTestApp({ ports: model.ports, config: { tracing: { endpoint: receiver.endpoint } } })
    await happens(app, await openInbox(app))
  }
  return receiver
}

function only(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name)
  expect([name, found.length]).toEqual([name, 1])
  return found[0] as ReceivedSpan
}

test('one mail is followed from its sync over its run and its approval, days later, to its send', async () => {
  const { spans, bodies } = await watch(async (app, inbox) => {
    const draft = await inbox.newDraft(mail)
    app.clock.advance(3 * 86_400_000)
    await inbox.api.drafts.approve(approvalOf(draft))
    await app.drainDelayed()
    expect(await inbox.sent()).toHaveLength(1)
  })
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const traceOf = ({ traceId }: ReceivedSpan) => spans.filter((span) => span.traceId === traceId)
  /** What anything in the trace of this span was caused by, in other traces. */
  const causesOf = (span: ReceivedSpan) =>
    traceOf(span)
      .flatMap(({ links }) => links)
      .map(({ spanId, traceId }) => {
        const cause = byId.get(spanId)
        expect(cause?.traceId).toBe(traceId)
        return cause as ReceivedSpan
      })

  const send = spans.find(
    ({ traceId, name }) => name === 'dispatch-outbox' && traceId === only(spans, 'mark-sending').traceId,
  )
  expect(traceOf(send as ReceivedSpan).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['claim-outbox', 'gmail-create-draft', 'gmail-send-draft', 'settle-sent']),
  )
  const [approval, ...otherCauses] = causesOf(send as ReceivedSpan)
  expect(otherCauses).toEqual([])
  expect(approval?.name).toBe('approve-draft')
  expect(byId.get(approval?.parentSpanId ?? '')?.name).toBe('drafts.approve')

  const [run] = causesOf(approval as ReceivedSpan)
  expect(run?.name).toBe('settle-run')
  const ofRun = traceOf(run as ReceivedSpan)
  const root = ofRun.find(({ parentSpanId }) => !parentSpanId)
  expect(root?.name).toBe('process-email')
  expect(attributeOf(root as ReceivedSpan, 'reasonflow.trace_id')).toMatch(/^[0-9a-f-]{36}$/)
  const agent = only(ofRun, 'invoke_agent reasonflow')
  for (const name of ['classify', 'gate', 'retrieve', 'generate', 'review'])
    expect(only(ofRun, name).parentSpanId).toBe(agent.spanId)

  const [sync] = causesOf(run as ReceivedSpan)
  const rootOfSync = traceOf(sync as ReceivedSpan).find(({ parentSpanId }) => !parentSpanId)
  expect(rootOfSync?.name).toBe('sync-mailbox')
  expect(traceOf(sync as ReceivedSpan).map(({ name }) => name)).toContain('claim-mailbox')

  expect(bodies.join('')).toContain('"reasonflow"')
  expect(bodies.join('')).not.toMatch(/canary|drawings|mara\.|@/i)
})

test('a question to the model is told by the conventions for generative AI: how much, and never what', async () => {
  const { spans } = await watch(async (_app, inbox) => {
    await inbox.newDraft(mail)
  })
  const calls = spans.filter(({ name }) => name === 'chat scripted')
  expect(calls.length).toBeGreaterThan(1)
  for (const call of calls) {
    expect(call.kind).toBe(3)
    const told = call.attributes.map(({ key }) => [key, attributeOf(call, key)])
    expect(Object.fromEntries(told)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'reasonflow.offline',
      'gen_ai.request.model': 'scripted',
      'gen_ai.request.max_tokens': expect.stringMatching(/^\d+$/),
      'gen_ai.output.type': 'json',
      'gen_ai.response.model': 'scripted',
      'gen_ai.usage.input_tokens': '100',
      'gen_ai.usage.output_tokens': '10',
    })
  }
  expect(spans.some(({ name }) => name.startsWith('embeddings '))).toBe(true)
})

test('what fails is told by one word and no message, and each try of a job names the same cause', async () => {
  const { spans, bodies } = await watch(async (app, inbox) => {
    model.next('generate', () => {
      throw new RangeError('the canary of a message')
    })
    await app.deliver(inbox.owner, mail)
    await inbox.sync()
    await app.drainDelayed()
    expect((await inbox.emails())[0]?.draft?.status).toBe('pending')
  })
  const tries = spans.filter(({ name }) => name === 'process-email')
  expect(tries.map(({ status }) => status.code)).toEqual([2, 0])
  expect(attributeOf(tries[0] as ReceivedSpan, 'error.type')).toBe('RangeError')
  expect(tries.map(({ links }) => links[0]?.spanId)).toEqual([tries[0]?.links[0]?.spanId, tries[0]?.links[0]?.spanId])
  expect(new Set(tries.map(({ traceId }) => traceId)).size).toBe(2)
  expect(bodies.join('')).not.toContain('canary')
})

test('a collector that is away is told of once, and holds nobody up', async () => {
  const lines: string[] = []
  const start = performance.now()
  {
    // Nobody listens on port 9.
    const config = { tracing: { endpoint: 'http://127.0.0.1:9' }, log: { level: 'info', pretty: false } as const }
    await using app = await createTestApp({ config, log: (line) => void lines.push(line) })
    const inbox = await openInbox(app)
    await inbox.newDraft(mail)
  }
  expect(lines.filter((line) => line.includes('traces could not be handed over'))).toHaveLength(1)
  expect(performance.now() - start).toBeLessThan(60_000)
})

test('where nobody asks for traces a job carries none, and nothing of OpenTelemetry but its types is loaded', async () => {
  {
    await using app = await createTestApp()
    const inbox = await openInbox(app)
    await app.deliver(inbox.owner, mail)
    await inbox.sync()
    expect(traceparent()).toBeUndefined()
    const { rows } = await sql<{ data: string }>`select data::text from pgboss.job`.execute(app.db)
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.map(({ data }) => data).join('')).not.toContain('traceparent')
  }
  // pg-boss and prom-client load the package of its types and no-ops themselves.
  const tell = `import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, context, next) => (name.includes('opentelemetry') && console.log('asked for ' + name), next(name, context)) })
    await import('./server/serve.ts')
    console.log('loaded')`
  await using child = startNode(['--input-type=module', '-e', tell])
  await child.printed('loaded')
  expect(child.output()).toContain('asked for @opentelemetry/api')
  expect(child.output()).not.toMatch(/sdk-trace|exporter/)
})
