import { type Kysely, sql } from 'kysely'
import type { Intent, RunMode, RunRequest } from '../../../shared-types/index.ts'
import { type Claim, takenOver } from '../../lease.ts'
import { jsonText } from '../engine/json.ts'
import { isFree, leaseOf } from '../engine/lease.ts'
import type { DB } from '../engine/schema.ts'

/** `classify` stops after the first step and leaves the mail's status alone. */
export type RunScope = 'full' | 'classify'

export interface NewRun {
  readonly scope: RunScope
  /** The owner asked for it by hand. */
  readonly isRequested?: boolean
  readonly request?: RunRequest
  /** What it was begun for. */
  readonly batchId?: string
}

/** The row of a run that is being enqueued; undefined while another run of this mail is queued or running. */
export async function insertRun(
  trx: Kysely<DB>,
  userId: string,
  { request, ...run }: { id: string; emailId: string; createdAt: string } & NewRun,
): Promise<string | undefined> {
  const row = await trx
    .insertInto('traces')
    .values({ userId, ...run, ...(request && { request: jsonText(request) }), status: 'queued' })
    .onConflict((oc) => oc.columns(['userId', 'emailId']).where('status', 'in', ['queued', 'running']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Takes the run, epoch + 1; undefined when it is finished or another worker holds it. */
export function claimRun(trx: Kysely<DB>, userId: string, traceId: string, claim: Claim) {
  return trx
    .updateTable('traces')
    .set({
      ...leaseOf(claim),
      status: 'running',
      epoch: sql`epoch + 1`,
      startedAt: sql`coalesce(started_at, ${claim.now})`,
    })
    .where('userId', '=', userId)
    .where('id', '=', traceId)
    .where('status', 'in', ['queued', 'running'])
    .where((eb) => isFree(eb, claim))
    .returning([
      'id',
      'emailId',
      'scope',
      'isRequested',
      'request',
      'epoch',
      (eb) => eb.fn.coalesce('waitsFrom', 'createdAt').as('waitsFrom'),
    ])
    .executeTakeFirst()
}

/** The run over this mail that is queued or running. */
export function findLiveRun(db: Kysely<DB>, userId: string, emailId: string) {
  return db
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('status', 'in', ['queued', 'running'])
    .select('id')
    .executeTakeFirst()
}

export function runStatus(db: Kysely<DB>, userId: string, traceId: string) {
  return db
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('id', '=', traceId)
    .select(['status', 'leaseUntil'])
    .executeTakeFirst()
}

interface ClaimedRun {
  readonly traceId: string
  readonly epoch: number
}

/** Fenced by the epoch of the claim: HeldError once another worker has claimed the run, or once it has ended. */
export async function updateRun(
  trx: Kysely<DB>,
  userId: string,
  run: ClaimedRun,
  changes: { leaseUntil?: string | null; waitsFrom?: string },
): Promise<void> {
  const row = await claimedRun(trx, userId, run).set(changes).returning('id').executeTakeFirst()
  if (!row) throw takenOver('this run')
}

/** Fenced alike; answers the batch that began it. The working state of its steps holds mail text: it goes with the run's end. */
export async function endRun(
  trx: Kysely<DB>,
  userId: string,
  run: ClaimedRun,
  end: {
    status: 'completed' | 'failed'
    finishedAt: string
    intent?: Intent | null
    error: string | null
    /** W3C, of the run where it is traced. */
    traceparent?: string
  },
): Promise<{ batchId: string | null }> {
  const row = await trx
    .with('run', () =>
      claimedRun(trx, userId, run)
        .set(end)
        .set({
          totalMs: sql`least(extract(epoch from (${end.finishedAt}::timestamptz - started_at)) * 1000, 2147483647)::integer`,
        })
        .returning(['userId', 'id', 'batchId']),
    )
    .with('cleared', (ended) =>
      ended
        .updateTable('agentSteps')
        .from('run')
        .set({ addition: null })
        .whereRef('agentSteps.userId', '=', 'run.userId')
        .whereRef('agentSteps.traceId', '=', 'run.id'),
    )
    .selectFrom('run')
    .select('batchId')
    .executeTakeFirst()
  if (!row) throw takenOver('this run')
  return row
}

function claimedRun(trx: Kysely<DB>, userId: string, { traceId, epoch }: ClaimedRun) {
  return trx
    .updateTable('traces')
    .where('userId', '=', userId)
    .where('id', '=', traceId)
    .where('epoch', '=', epoch)
    .where('status', '=', 'running')
}

/** What the run may come to by now; null while that is not fixed. */
export async function runMode(trx: Kysely<DB>, userId: string, traceId: string): Promise<RunMode | null> {
  const row = await trx
    .selectFrom('traces')
    .where('userId', '=', userId)
    .where('id', '=', traceId)
    .select('mode')
    .executeTakeFirst()
  return row?.mode ?? null
}

/** The run ends in review, whatever it might have come to. */
export async function lowerMode(trx: Kysely<DB>, userId: string, traceId: string): Promise<void> {
  await trx
    .updateTable('traces')
    .set({ mode: 'reviewOnly' })
    .where('userId', '=', userId)
    .where('id', '=', traceId)
    .execute()
}
