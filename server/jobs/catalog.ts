import { z } from 'zod'

const owner = { userId: z.uuid() }

/**
 * Every job there is: what it carries (ids, never mail text) and how often it is tried.
 * `retryLimit` counts repeats after the first try; `retryDelay` is the first pause in seconds and doubles, with jitter.
 * What only a dead worker or a database that was away kept from its end is repeated beyond that.
 */
export const jobCatalog = {
  'sync-mailbox': {
    payload: z.strictObject({ ...owner, mailboxId: z.uuid() }),
    retryLimit: 6,
    retryDelay: 2,
    isTimed: true,
    oneAtATime: 'mailboxId',
  },
  'process-email': {
    payload: z.strictObject({ ...owner, traceId: z.uuid() }),
    retryLimit: 3,
    retryDelay: 2,
    isTimed: true,
    oneAtATime: 'traceId',
  },
  // Every minute's sweep looks after a batch that has not ended.
  'work-on-batch': {
    payload: z.strictObject({ ...owner, batchId: z.uuid() }),
    retryLimit: 3,
    retryDelay: 2,
    oneAtATime: 'batchId',
    isFoundAgain: true,
  },
  'embed-emails': {
    payload: z.strictObject({ ...owner, emailIds: z.array(z.uuid()) }),
    retryLimit: 5,
    retryDelay: 5,
    isFoundAgain: true,
  },
  'dispatch-outbox': {
    payload: z.strictObject({ ...owner, outboxId: z.uuid() }),
    retryLimit: 10,
    retryDelay: 2,
    isTimed: true,
    oneAtATime: 'outboxId',
  },
  'renew-watch': {
    payload: z.strictObject({ ...owner, mailboxId: z.uuid() }),
    retryLimit: 3,
    retryDelay: 30,
    oneAtATime: 'mailboxId',
  },
  'sweep-drafts': {
    payload: z.strictObject({ ...owner, mailboxId: z.uuid() }),
    retryLimit: 3,
    retryDelay: 60,
    oneAtATime: 'mailboxId',
  },
  'discard-draft': {
    payload: z.strictObject({
      ...owner,
      mailboxId: z.uuid(),
      outboxId: z.uuid(),
      gmailDraftId: z.string(),
      threadId: z.string(),
      contentHash: z.hash('sha256'),
    }),
    retryLimit: 10,
    retryDelay: 2,
    oneAtATime: 'outboxId',
  },
  // Without an owner: what is to be ended at Google outlives the account. Tried for a day.
  'revoke-grant': {
    payload: z.strictObject({ revocationId: z.uuid() }),
    retryLimit: 100,
    retryDelay: 30,
    oneAtATime: 'revocationId',
  },
  'delete-mailbox': {
    payload: z.strictObject({ ...owner, mailboxId: z.uuid() }),
    retryLimit: 10,
    retryDelay: 5,
    oneAtATime: 'mailboxId',
  },
  // By the deletion, since its owner is to be named nowhere in the end.
  'purge-account': {
    payload: z.strictObject({ deletionId: z.uuid() }),
    retryLimit: 10,
    retryDelay: 5,
    oneAtATime: 'deletionId',
    isFoundAgain: true,
  },
  'refill-search': {
    payload: z.strictObject(owner),
    retryLimit: 3,
    retryDelay: 60,
    oneAtATime: 'userId',
    isFoundAgain: true,
  },
  'send-digest': { payload: z.strictObject(owner), retryLimit: 5, retryDelay: 30, oneAtATime: 'userId' },
  'apply-retention': {
    payload: z.strictObject(owner),
    retryLimit: 3,
    retryDelay: 60,
    oneAtATime: 'userId',
    isFoundAgain: true,
  },
  'send-password-reset': { payload: z.strictObject({ ...owner, resetId: z.uuid() }), retryLimit: 5, retryDelay: 5 },
  'sweep-due': { payload: z.strictObject({}), retryLimit: 0, retryDelay: 1, cron: '* * * * *', isFoundAgain: true },
} as const satisfies Record<string, JobDefinition>

export interface JobDefinition {
  readonly payload: z.ZodType
  readonly retryLimit: number
  readonly retryDelay: number
  /** Payload key whose value has at most one waiting job. */
  readonly oneAtATime?: string
  /** Often due at a later moment, of which no notice comes (a time, a repetition, a lease of another): looked for every second. */
  readonly isTimed?: boolean
  /** Runs by itself, in UTC. */
  readonly cron?: string
  /** Its work is found again by the sweep or its schedule until it is done: one that failed for good is not kept for a person. */
  readonly isFoundAgain?: boolean
}

export type JobName = keyof typeof jobCatalog
export type JobPayload<N extends JobName> = z.infer<(typeof jobCatalog)[N]['payload']>

/** A job handed to its handler; `isLastTry` when a further failure ends it. */
export interface Job<N extends JobName> {
  readonly id: string
  readonly payload: JobPayload<N>
  readonly isLastTry: boolean
  readonly signal: AbortSignal
}
export type JobHandlers = { readonly [N in JobName]: (job: Job<N>) => Promise<void> }
