import * as forOwner from '../../../../server/db/metrics/for-owner.ts'
import * as intents from '../../../../server/db/metrics/intents.ts'
import * as latency from '../../../../server/db/metrics/latency.ts'
import * as summary from '../../../../server/db/metrics/summary.ts'
import * as timeseries from '../../../../server/db/metrics/timeseries.ts'
import * as usage from '../../../../server/db/metrics/usage.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function metricsPlays(k: Known): Play[] {
  const { draftId, emailId } = k.ids
  const range = { from: k.longAgo, to: k.farOff }
  // Every kind of figure has something to count.
  const decided = `
    update draft_lessons set outcome = 'not_usable', draft_id = '${draftId}';
    update drafts set status = 'superseded' where status = 'pending'`
  const answered = `
    update draft_emails set email_id = '${emailId}';
    update emails set status = 'approved' where id = '${emailId}'`
  const corrected = `update intent_corrections set model_intent = 'inquiry', intent = 'other', model_confidence = 0.5`
  return [
    ...playsOf('metrics/for-owner', forOwner, {
      countForOwner: [
        {
          before: `
            update drafts set status = 'pending'; update outbox set state = 'UNKNOWN';
            update mailboxes set status = 'needs_reauth'`,
          args: [],
        },
      ],
    }),
    ...playsOf('metrics/intents', intents, { getIntents: [{ args: [range] }, { before: corrected, args: [range] }] }),
    ...playsOf('metrics/latency', latency, { getLatency: [range], getTools: [range] }),
    ...playsOf('metrics/summary', summary, {
      getSummary: [{ args: [range] }, { before: decided, args: [range] }, { before: answered, args: [range] }],
    }),
    ...playsOf('metrics/timeseries', timeseries, { countByTime: [range, [k.longAgo]] }),
    ...playsOf('metrics/usage', usage, {
      countQuestions: [range],
      getCharges: { before: 'update spend set settled_cost = 3, settled_tokens = 30', args: [range, k.day] },
    }),
  ]
}
