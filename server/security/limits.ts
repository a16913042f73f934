import { CompiledQuery, type QueryResult } from 'kysely'
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../errors.ts'
import { step } from '../step.ts'
import { hashSecret } from './secret.ts'
import { networkOf } from './network.ts'

/**
 * How many attempts fit into a window. `network`: a /24 or /64. `pair`: one account from one network.
 * `account`: over all networks; beyond it nobody is refused by it, but each pair falls to `pairUnderAttack`, so that
 * strangers slow each other down and never lock the owner out.
 */
export const attemptLimits = {
  login: { windowSeconds: 15 * 60, network: 200, pair: 10, account: 50, pairUnderAttack: 5 },
  register: { windowSeconds: 60 * 60, network: 20, pair: 5, account: 20, pairUnderAttack: 2 },
} as const satisfies Record<string, AttemptLimits>

/** How often one caller may do something that costs, whoever it is counted for. */
export const callLimits = {
  authorize: { windowSeconds: 10 * 60, calls: 30 },
} as const

export interface AttemptLimits {
  readonly windowSeconds: number
  readonly network: number
  readonly pair: number
  readonly account: number
  readonly pairUnderAttack: number
}

/** As much of the database as a counter needs: one statement, on whichever driver. */
export interface CounterStore {
  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>>
}

/** Counts one attempt; RATE_LIMITED when it is one too many. The counters are rows, so processes share them. */
export async function countAttempt(
  store: CounterStore,
  kind: keyof typeof attemptLimits,
  attempt: { email: string; clientAddress: string },
  limits: AttemptLimits = attemptLimits[kind],
): Promise<void> {
  const counters = countersOf(store, kind, attempt, limits)
  const network = await step('count-network', () => counters.network.penalty())
  const pair = await step('count-pair', () => counters.pair.penalty())
  if (network.consumedPoints > limits.network) throw tooMany(network)
  if (pair.consumedPoints > limits.pair) throw tooMany(pair)
  // Only what passed so far: one network alone cannot make an account look attacked.
  const account = await step('count-account', () => counters.account.penalty())
  if (account.consumedPoints > limits.account && pair.consumedPoints > limits.pairUnderAttack) throw tooMany(pair)
}

/** Takes a successful attempt back: only failures count. What others tried from this network stays counted. */
export async function forgiveAttempt(
  store: CounterStore,
  kind: keyof typeof attemptLimits,
  attempt: { email: string; clientAddress: string },
): Promise<void> {
  const counters = countersOf(store, kind, attempt, attemptLimits[kind])
  await step('forgive-attempt', async () => {
    await counters.account.reward()
    await counters.network.reward()
    await counters.pair.delete()
  })
}

/** Counts one call for this key; RATE_LIMITED when it is one too many. */
export async function countCall(store: CounterStore, kind: keyof typeof callLimits, key: string): Promise<void> {
  const { windowSeconds, calls } = callLimits[kind]
  const counter = counterOf(store, kind, key, windowSeconds)
  const counted = await step('count-call', () => counter.penalty())
  if (counted.consumedPoints > calls) throw tooMany(counted)
}

function countersOf(
  store: CounterStore,
  kind: string,
  { email, clientAddress }: { email: string; clientAddress: string },
  { windowSeconds }: AttemptLimits,
) {
  // Hashed: an address of 254 characters does not fit the key, and the table need not know who tried.
  const account = hashSecret(email).toString('base64url')
  const network = networkOf(clientAddress)
  return {
    account: counterOf(store, `${kind}:account`, account, windowSeconds),
    network: counterOf(store, `${kind}:network`, network, windowSeconds),
    pair: counterOf(store, `${kind}:pair`, `${account}:${network}`, windowSeconds),
  }
}

function counterOf(store: CounterStore, keyPrefix: string, key: string, duration: number) {
  const limiter = new RateLimiterPostgres({
    storeClient: clientOver(store),
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix,
    // Judged by countAttempt, since one limit depends on another counter; the limiter only counts.
    points: Number.MAX_SAFE_INTEGER,
    duration,
  })
  return {
    penalty: () => limiter.penalty(key),
    reward: () => limiter.reward(key),
    delete: () => limiter.delete(key),
  }
}

// Given PGlite itself, the limiter throws in the middle of its protocol and the session is unusable from then on.
function clientOver(store: CounterStore) {
  return {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const { rows, numAffectedRows } = await store.executeQuery(CompiledQuery.raw(text, values))
      return { rows, rowCount: numAffectedRows === undefined ? rows.length : Number(numAffectedRows) }
    },
  }
}

/** RATE_LIMITED until this counter starts anew. */
export function tooMany({ msBeforeNext }: Pick<RateLimiterRes, 'msBeforeNext'>): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new AppError('RATE_LIMITED', 'Too many attempts. Wait a while before you try again.', { retryAfterSeconds })
}
