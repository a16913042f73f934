import { CompiledQuery, type QueryResult } from 'kysely'
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../errors.ts'
import { step } from '../step.ts'
import { hashSecret } from './secret.ts'
import { networkOf } from './network.ts'

/**
 * How many attempts fit into a window, and, beyond, after how many seconds one more does: a limit slows and never
 * blocks. `network`: a /24 or /64. `pair`: one account from one network. `account`: over all networks; beyond it each
 * pair falls to `pairUnderAttack`. `accountCeiling`: over all networks as well, whatever their number.
 */
export const attemptLimits = {
  login: {
    windowSeconds: 15 * 60,
    network: 200,
    pair: 10,
    account: 50,
    pairUnderAttack: 5,
    accountCeiling: 300,
    pace: { network: 3, pair: 60, account: 3 },
  },
  register: {
    windowSeconds: 60 * 60,
    network: 20,
    pair: 5,
    account: 20,
    pairUnderAttack: 2,
    accountCeiling: 60,
    pace: { network: 180, pair: 600, account: 60 },
  },
  reset: {
    windowSeconds: 60 * 60,
    network: 20,
    pair: 3,
    account: 5,
    pairUnderAttack: 1,
    accountCeiling: 20,
    pace: { network: 180, pair: 1_200, account: 600 },
  },
} as const satisfies Record<string, AttemptLimits>

/** How often one caller may do something that costs, whoever it is counted for. */
export const callLimits = {
  authorize: { windowSeconds: 10 * 60, calls: 30 },
  /** A network's: an office signs in from one. */
  authorizeLogin: { windowSeconds: 10 * 60, calls: 300 },
  reset: { windowSeconds: 10 * 60, calls: 30 },
  /** Each is read anew from Gmail. */
  attachment: { windowSeconds: 60, calls: 60 },
  createToken: { windowSeconds: 60 * 60, calls: 60 },
  /** An owner's, by all their assistants: one that goes in circles is slowed. */
  mcp: { windowSeconds: 60, calls: 240 },
} as const

export interface AttemptLimits {
  readonly windowSeconds: number
  readonly network: number
  readonly pair: number
  readonly account: number
  readonly pairUnderAttack: number
  readonly accountCeiling: number
  readonly pace: { readonly network: number; readonly pair: number; readonly account: number }
}

export interface Attempt {
  readonly email: string
  readonly clientAddress: string
  /** What this caller has shown to belong to the account already. */
  readonly proof?: string | undefined
}

type Counter = ReturnType<typeof counterOf>

/** As much of the database as a counter needs: one statement, on whichever driver. */
export interface CounterStore {
  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>>
}

/**
 * Counts one attempt; RATE_LIMITED when it is one too many, which is not counted, so that knocking on a closed door
 * closes no other. The counters are rows, so processes share them. Whoever has proven to know the account already
 * (`proof` names the device or the session) is counted for themselves alone: no stranger's guesses hold them up.
 */
export async function countAttempt(
  store: CounterStore,
  kind: keyof typeof attemptLimits,
  attempt: Attempt,
  limits: AttemptLimits = attemptLimits[kind],
): Promise<void> {
  const { network, pair, account, proven } = countersOf(store, kind, attempt, limits)
  const { pace, windowSeconds } = limits
  const undo: Counter[] = []
  const count = async (name: 'count-proven' | 'count-network' | 'count-pair' | 'count-account', counter: Counter) => {
    const counted = await step(name, () => counter.penalty())
    undo.push(counter)
    return (most: number, paceSeconds: number) => waitFor(counted, { most, paceSeconds, windowSeconds })
  }
  const waits: number[] = []
  if (proven) {
    waits.push((await count('count-proven', proven))(limits.pair, pace.pair))
  } else {
    const ofNetwork = await count('count-network', network)
    const ofPair = await count('count-pair', pair)
    waits.push(ofNetwork(limits.network, pace.network), ofPair(limits.pair, pace.pair))
    if (Math.max(...waits) === 0) {
      // Only what passed so far: one network alone cannot make an account look attacked.
      const ofAccount = await count('count-account', account)
      waits.push(ofAccount(limits.accountCeiling, pace.account))
      if (ofAccount(limits.account, Infinity) > 0) waits.push(ofPair(limits.pairUnderAttack, pace.pair))
    }
  }
  const wait = Math.max(...waits)
  if (wait === 0) return
  await step('uncount-attempt', () => Promise.all(undo.map((counter) => counter.reward())))
  throw tooMany({ msBeforeNext: wait })
}

/** In ms, until an attempt that was counted so far would fit; 0 when it does. */
function waitFor(
  { consumedPoints, msBeforeNext }: RateLimiterRes,
  { most, paceSeconds, windowSeconds }: { most: number; paceSeconds: number; windowSeconds: number },
): number {
  const elapsed = windowSeconds * 1_000 - msBeforeNext
  const over = consumedPoints - most
  if (over <= 0) return 0
  // Others that are refused right now are counted for a moment: nobody waits for them.
  return over * paceSeconds * 1_000 <= elapsed ? 0 : Math.min(msBeforeNext, Math.max(1, paceSeconds * 1_000))
}

/** Takes a successful attempt back: only failures count. What others tried from this network stays counted. */
export async function uncountAttempt(
  store: CounterStore,
  kind: keyof typeof attemptLimits,
  attempt: Attempt,
): Promise<void> {
  const counters = countersOf(store, kind, attempt, attemptLimits[kind])
  await step('forgive-attempt', async () => {
    if (counters.proven) return void (await counters.proven.delete())
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

/** Hashed: an address of 254 characters does not fit the key, and the table need not know who tried. */
export function counterKeyOf(email: string): string {
  return hashSecret(email).toString('base64url')
}

function countersOf(
  store: CounterStore,
  kind: string,
  { email, clientAddress, proof }: Attempt,
  { windowSeconds }: AttemptLimits,
) {
  const account = counterKeyOf(email)
  const network = networkOf(clientAddress)
  return {
    proven: proof === undefined ? undefined : counterOf(store, `${kind}:proven`, `${account}:${proof}`, windowSeconds),
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
