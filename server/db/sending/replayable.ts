import { type Kysely, sql } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import type { OpenQuestion, Source } from '../../../shared-types/index.ts'
import type { DB } from '../engine/schema.ts'
import { reasonsOf } from '../emails/reasons.ts'

/** A run, and the draft it made in the agent's own words. */
export function findReplayable(db: Kysely<DB>, userId: string, traceId: string) {
  return db
    .selectFrom('traces')
    .where('traces.userId', '=', userId)
    .where('traces.id', '=', traceId)
    .select([
      'traces.emailId',
      'traces.scope',
      'traces.isRequested',
      'traces.request',
      'traces.intent',
      'traces.status',
    ])
    .select((eb) =>
      eb
        .selectFrom('drafts')
        .innerJoin('draftVersions as version', (join) =>
          join.onRef('version.userId', '=', 'drafts.userId').onRef('version.draftId', '=', 'drafts.id'),
        )
        .whereRef('drafts.userId', '=', 'traces.userId')
        .whereRef('drafts.traceId', '=', 'traces.id')
        .where('version.version', '=', 1)
        .select(({ ref }) =>
          jsonBuildObject({
            body: ref('version.body'),
            openQuestions: sql<OpenQuestion[]>`drafts.open_questions`,
            sources: sql<Source[]>`drafts.sources`,
            agentVersion: ref('drafts.agentVersion'),
            reasons: reasonsOf('drafts'),
          }).as('value'),
        )
        .as('draft'),
    )
    .executeTakeFirst()
}
