import type { Kysely } from 'kysely'
import type { DB } from '../../../../server/db/engine/schema.ts'
import type { RunMode } from '../../../../shared-types/index.ts'

/**
 * What the gate made of each run of this owner before anything was looked up, by the mail's sender and subject; null where it came to no
 * gate. A run that fell later was looked up for as one that may send.
 */
export async function modesOf(db: Kysely<DB>, userId: string): Promise<Map<string, RunMode | null>> {
  const rows = await db
    .selectFrom('traces')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'traces.userId').onRef('emails.id', '=', 'traces.emailId'),
    )
    .leftJoin('agentSteps', (join) =>
      join
        .onRef('agentSteps.userId', '=', 'traces.userId')
        .onRef('agentSteps.traceId', '=', 'traces.id')
        .on('agentSteps.name', '=', 'gate'),
    )
    .where('traces.userId', '=', userId)
    .select(['emails.fromAddress', 'emails.subject', 'agentSteps.output'])
    .execute()
  return new Map(rows.map(({ fromAddress, subject, output }) => [runKey(fromAddress, subject), modeIn(output)]))
}

function modeIn(output: unknown): RunMode | null {
  const mode = typeof output === 'object' && output !== null && 'mode' in output ? output.mode : null
  return mode === 'maySend' || mode === 'reviewOnly' ? mode : null
}

/** Tells a run by its mail. */
export const runKey = (address: string, subject: string) => `${address} ${subject}`
