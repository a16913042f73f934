import * as ofMailbox from '../../../../server/db/runs/of-mailbox.ts'
import * as runInput from '../../../../server/db/runs/run-input.ts'
import * as runs from '../../../../server/db/runs/runs.ts'
import * as slotHolds from '../../../../server/db/runs/slot-holds.ts'
import * as steps from '../../../../server/db/runs/steps.ts'
import * as traces from '../../../../server/db/runs/traces.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

type Ids = Parameters<typeof runInput.loadEmails>[2]

export function runsPlays(k: Known): Play[] {
  const { now, farOff, newId, sentMail, ofFirst, ofOthers } = k
  const { mailboxId, emailId, traceId } = k.ids
  const queued = `update traces set status = 'queued', lease_until = null`
  const running = `update traces set status = 'running', epoch = 1; update agent_steps set addition = '{}'`

  const run = { traceId, epoch: 1 }
  // The other run holds hours as well, of another person.
  const bothHold = `insert into slot_holds (user_id, trace_id, start_at, end_at)
    select user_id, '${traceId}', start_at, end_at from slot_holds where trace_id <> '${traceId}'`
  const held = { traceId: k.hold.traceId, start: k.hold.startAt, end: k.hold.endAt }

  const answered = `${k.inOneThread}; update emails set received_at = received_at + interval '1 hour' where id = '${emailId}'`
  const call = { model: 'm', promptVersion: '1', outcome: 'ok', inputTokens: 1, outputTokens: 1, cost: 0, ms: 1 }
  const tool = { tool: 't', status: 'ok', ms: 1, input: {}, output: {}, error: null } as const
  const about = { name: 'retrieve', position: 2, status: 'completed', startedAt: now, ms: 1 } as const
  const made = { input: {}, output: {}, addition: {}, error: null }
  const step = { ...about, ...made, tools: [tool], modelCalls: [{ task: 'draft', ...call }] }
  return [
    ...playsOf('runs/of-mailbox', ofMailbox, {
      lockOpenRunsOfMailbox: { before: queued, args: [mailboxId] },
      endRuns: { before: running, args: [[traceId], { error: 'ended', finishedAt: now }] },
    }),
    ...playsOf('runs/run-input', runInput, {
      loadEmail: [
        { args: [sentMail.id] },
        {
          before: `update emails set direction = 'out' where id = '${sentMail.id}' and ${ofFirst}`,
          args: [sentMail.id],
        },
        { before: `update emails set direction = 'out', from_address = 'ada@engine.example'`, args: [emailId] },
      ],
      loadEmails: { args: (db): [Ids] => [db.selectFrom('emails').where('id', '=', emailId).select('id')] },
    }),
    ...playsOf('runs/runs', runs, {
      insertRun: [
        { args: [{ id: newId, emailId, createdAt: now, scope: 'full' }] },
        { before: queued, args: [{ id: newId, emailId, createdAt: now, scope: 'full' }] },
      ],
      claimRun: { before: queued, args: [traceId, k.claim] },
      findLiveRun: { before: queued, args: [emailId] },
      runStatus: [traceId],
      updateRun: { before: running, args: [run, { leaseUntil: farOff }] },
      endRun: { before: running, args: [run, { status: 'completed', finishedAt: now, error: null }] },
      runMode: [traceId],
      lowerMode: { before: `update traces set mode = 'maySend'`, args: [traceId] },
    }),
    ...playsOf('runs/slot-holds', slotHolds, {
      lockSlotHolds: [],
      lockHoldsOfRun: [k.hold.traceId],
      findHeldHours: [
        { before: bothHold, args: [null, k.moment] },
        { before: `${running}; ${bothHold}`, args: [null, k.moment] },
        { before: `${answered}; ${bothHold}`, args: [null, k.moment] },
        { before: `${answered} and ${ofFirst}; ${bothHold}`, args: [null, k.moment] },
        {
          before: bothHold,
          args: [{ mailboxId, threadId: k.mail.threadId, fromAddress: k.mail.fromAddress }, k.moment],
        },
      ],
      isPromisedToOther: [
        { before: bothHold, args: [traceId, k.moment] },
        { before: `${bothHold} and ${ofFirst}`, args: [traceId, k.moment] },
        {
          before: `${bothHold}; update traces set email_id = '${sentMail.id}' where id = '${traceId}' and ${ofOthers}`,
          args: [traceId, k.moment],
        },
        {
          before: `${bothHold}; update emails set from_address = 'ada@engine.example' where ${ofOthers}`,
          args: [traceId, k.moment],
        },
      ],
      holdHours: [
        { args: [{ traceId, hours: [{ start: k.moment, end: new Date(farOff) }], now: k.moment }] },
        { args: [{ traceId, hours: [], now: new Date(farOff) }] },
      ],
      isHeld: [held],
    }),
    ...playsOf('runs/steps', steps, {
      recordSteps: { before: running, args: [run, { leaseUntil: farOff, steps: [step] }] },
      finishedSteps: [traceId],
    }),
    ...playsOf('runs/traces', traces, {
      listTraces: [{ args: [{ limit: 20 }] }, { args: [{ limit: 20, emailId, status: 'completed' }] }],
      getTrace: [traceId],
    }),
  ]
}
