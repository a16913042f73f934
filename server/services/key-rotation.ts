import type { AppContext } from '../context.ts'
import { findHubspotKey, hubspotKeyPlace, replaceHubspotSeal } from '../db/accounts/hubspot-keys.ts'
import { listRevocations, replaceRevocationSeal } from '../db/mailboxes/grant-revocations.ts'
import { findMailboxTokens, replaceSeals, type SealedTokens, tokenPlace } from '../db/mailboxes/tokens.ts'
import { mailboxesWithTokens, ownersOfHubspotKeys } from '../db/sweeps.ts'
import type { MailboxRef } from '../ports.ts'
import { SealBrokenError } from '../security/encryption.ts'
import { step } from '../step.ts'
import { revocationRow } from './grant-revocation.ts'

const pageSize = 100

export interface KeyRotation {
  /** Mailboxes whose tokens were sealed with an older key. */
  readonly resealed: number
  /** Mailboxes whose tokens no key of the ring opens; they stay as they are. */
  readonly broken: readonly MailboxRef[]
  /** Owners whose key of HubSpot no key of the ring opens. */
  readonly brokenKeys: readonly string[]
}

/**
 * Seals every stored token and key of HubSpot with the newest key of the ring while everything else goes on: a row that changed since it
 * was read is read again in the next pass, and the passes end when one finds nothing left to do.
 */
export async function rotateKeys(ctx: Pick<AppContext, 'db' | 'sealer'>): Promise<KeyRotation> {
  let resealed = 0
  await resealRevocations(ctx)
  const brokenKeys = await resealHubspotKeys(ctx)
  for (;;) {
    const pass = await resealAll(ctx)
    resealed += pass.resealed
    if (pass.resealed === 0 && pass.changedMeanwhile === 0) return { resealed, broken: pass.broken, brokenKeys }
  }
}

async function resealAll(ctx: Pick<AppContext, 'db' | 'sealer'>) {
  const broken: MailboxRef[] = []
  let resealed = 0
  let changedMeanwhile = 0
  let after: MailboxRef | null = null
  for (;;) {
    const page: MailboxRef[] = await mailboxesWithTokens(ctx.db, after, pageSize)
    for (const mailbox of page) {
      const outcome = await resealMailbox(ctx, mailbox)
      if (outcome === 'broken') broken.push(mailbox)
      if (outcome === 'resealed') resealed++
      if (outcome === 'changed') changedMeanwhile++
    }
    after = page.at(-1) ?? null
    if (!after) return { resealed, changedMeanwhile, broken }
  }
}

async function resealMailbox({ db, sealer }: Pick<AppContext, 'db' | 'sealer'>, { userId, mailboxId }: MailboxRef) {
  const from = await findMailboxTokens(db, userId, mailboxId)
  const to = from && resealTokens(sealer, { userId, mailboxId }, from)
  if (!to || to === 'broken') return to ?? 'done'
  return (await step('replace-seals', () => replaceSeals(db, userId, mailboxId, { from, to }))) ? 'resealed' : 'changed'
}

/** Both tokens under the newest key; null when they are already. */
function resealTokens(
  sealer: AppContext['sealer'],
  { userId, mailboxId }: MailboxRef,
  { accessToken, refreshToken }: SealedTokens,
): SealedTokens | 'broken' | null {
  try {
    const access = accessToken && sealer.reseal(accessToken, tokenPlace(userId, mailboxId, 'access_token'))
    const refresh = refreshToken && sealer.reseal(refreshToken, tokenPlace(userId, mailboxId, 'refresh_token'))
    if (!access && !refresh) return null
    return { accessToken: access ?? accessToken, refreshToken: refresh ?? refreshToken }
  } catch (error) {
    if (error instanceof SealBrokenError) return 'broken'
    throw error
  }
}

/** Of grants that are being ended at Google. One that no key opens is given up by its job, and gone within two days. */
async function resealRevocations({ db, sealer }: Pick<AppContext, 'db' | 'sealer'>): Promise<void> {
  for (const { id, googleSubject, refreshToken: from } of await listRevocations(db)) {
    try {
      const to = sealer.reseal(from, revocationRow(id, googleSubject))
      if (to) await step('replace-revocation-seal', () => replaceRevocationSeal(db, id, { from, to }))
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error
    }
  }
}

/** Owners whose key stays as it is, because none of the ring opens it. */
async function resealHubspotKeys(ctx: Pick<AppContext, 'db' | 'sealer'>): Promise<string[]> {
  const broken: string[] = []
  for (let after: string | null = null; ;) {
    const page: string[] = await ownersOfHubspotKeys(ctx.db, after, pageSize)
    for (const userId of page) {
      let outcome: Awaited<ReturnType<typeof resealHubspotKey>>
      do outcome = await resealHubspotKey(ctx, userId)
      while (outcome === 'changed')
      if (outcome === 'broken') broken.push(userId)
    }
    after = page.at(-1) ?? null
    if (after === null) return broken
  }
}

async function resealHubspotKey({ db, sealer }: Pick<AppContext, 'db' | 'sealer'>, userId: string) {
  const from = await findHubspotKey(db, userId)
  try {
    const to = from && sealer.reseal(from, hubspotKeyPlace(userId))
    if (!from || !to) return 'done'
    return (await step('replace-hubspot-seal', () => replaceHubspotSeal(db, userId, { from, to }))) ? 'done' : 'changed'
  } catch (error) {
    if (error instanceof SealBrokenError) return 'broken'
    throw error
  }
}
