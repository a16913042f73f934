import * as items from '../../../../server/db/runs/batch-items.ts'
import * as batches from '../../../../server/db/runs/batches.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function batchesPlays(k: Known): Play[] {
  const { now, farOff, newId, sentMail } = k
  const { batchId, emailId } = k.ids
  const item = `reason = null, message = null`
  const open = `update batches set status = 'running', finished_at = null`
  const queued = `${open}; update batch_items set status = 'queued', ${item}`
  const atWork = `${open}; update batch_items set status = 'running', ${item};
    update traces set batch_id = '${batchId}', status = 'running'`
  const ofSent = { batchId, emailIds: [sentMail.id] }
  return [
    ...playsOf('runs/batches', batches, {
      listBatches: [{ args: [{ limit: 20 }] }, { before: queued, args: [{ limit: 20 }] }],
      getBatch: [batchId],
      insertBatch: [{ id: newId, kind: 'process', byProgram: false, createdAt: now }],
      countRunningBatches: { before: open, args: [] },
      lockBatch: [batchId],
      beginBatchWork: { before: open, args: [batchId, farOff] },
      endBatch: [
        { before: open, args: [batchId, now] },
        { before: queued, args: [batchId, now] },
        { before: `${queued} where ${k.ofOthers}`, args: [batchId, now] },
        { before: `${open}; update batch_items set status = 'cancelled', ${item}`, args: [batchId, now] },
        {
          before: `${open}; update batch_items set status = 'cancelled', ${item} where ${k.ofOthers}`,
          args: [batchId, now],
        },
      ],
      reopenBatch: [batchId, { byProgram: true, now: farOff }],
    }),
    ...playsOf('runs/batch-items', items, {
      keepMails: [[emailId, newId]],
      insertBatchItems: [batchId, [{ emailId, error: null }]],
      lockRunsOfBatch: { before: atWork, args: [batchId] },
      findOpenItems: [
        { before: queued, args: [batchId] },
        { before: atWork, args: [batchId] },
        { before: `${atWork} where ${k.ofOthers}`, args: [batchId] },
      ],
      mailsOfItems: [batchId, 'failed'],
      moveItems: { before: queued, args: [ofSent, { from: 'queued', to: 'cancelled' }] },
    }),
  ]
}
