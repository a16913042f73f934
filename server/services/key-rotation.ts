import type { AppContext } from '../context.ts'
import { listRevocations, replaceRevocationSeal } from '../db/mailboxes/grant-revocations.ts'
import { listSealedTokens, replaceSeals, type SealedTokens } from '../db/mailboxes/tokens.ts'
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
}

/**
 * Seals every stored token with the newest key of the ring while everything else goes on: a row that changed since it
 * was read is read again in the next pass, and the passes end when one finds nothing left to do.
 */
export async function rotateKeys(ctx: Pick<AppContext, 'db' | 'sealer'>): Promise<KeyRotation> {
  let resealed = 0
  await resealRevocations(ctx)
  for (;;) {
    const pass = await resealAll(ctx)
    resealed += pass.resealed
    if (pass.resealed === 0 && pass.changedMeanwhile === 0) return { resealed, broken: pass.broken }
  }
}

async function resealAll(ctx: Pick<AppContext, 'db' | 'sealer'>) {
  const broken: MailboxRef[] = []
  let resealed = 0
  let changedMeanwhile = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await step('list-sealed-tokens', () => listSealedTokens(ctx.db, { after, limit: pageSize }))
    for (const { userId, mailboxId, ...from } of page) {
      const mailbox = { userId, mailboxId }
      const to = resealTokens(ctx, mailbox, from)
      if (to === 'broken') broken.push(mailbox)
      else if (to && (await step('replace-seals', () => replaceSeals(ctx.db, userId, mailboxId, { from, to }))))
        resealed++
      else if (to) changedMeanwhile++
    }
    const last = page.at(-1)
    if (!last) return { resealed, changedMeanwhile, broken }
    after = last.mailboxId
  }
}

/** Both tokens under the newest key; null when they are already. */
function resealTokens(
  { sealer }: Pick<AppContext, 'sealer'>,
  { userId, mailboxId }: MailboxRef,
  { accessToken, refreshToken }: SealedTokens,
): SealedTokens | 'broken' | null {
  const row = { userId, table: 'mailboxes', rowId: mailboxId }
  try {
    const access = accessToken && sealer.reseal(accessToken, { ...row, column: 'access_token' })
    const refresh = refreshToken && sealer.reseal(refreshToken, { ...row, column: 'refresh_token' })
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
