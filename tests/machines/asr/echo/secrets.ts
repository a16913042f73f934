import { findMailboxTokens } from '../../../../server/db/mailboxes/tokens.ts'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'

/** What opens a door: the server's own secrets, and those kept for the owner. */
export async function secretsOf({ ctx, db }: TestApp, { owner, userId, mailboxId }: Inbox): Promise<string[]> {
  const { jwt, google, encryptionKeys } = ctx.config
  const tokens = await findMailboxTokens(db, userId, mailboxId)
  const row = { userId, table: 'mailboxes', rowId: mailboxId }
  const opened = [
    tokens?.accessToken && ctx.sealer.open(tokens.accessToken, { ...row, column: 'access_token' }),
    tokens?.refreshToken && ctx.sealer.open(tokens.refreshToken, { ...row, column: 'refresh_token' }),
  ]
  const user = await db.selectFrom('users').where('id', '=', userId).select('passwordHash').executeTakeFirstOrThrow()
  const values = [
    ...stringsIn({ jwt, google: google?.clientSecret, encryptionKeys }),
    ...opened.filter((token) => typeof token === 'string'),
    owner.accessToken,
    owner.refreshToken,
    owner.sessionId,
    user.passwordHash ?? '',
  ]
  return values.filter((value) => value.length >= 12)
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Buffer.isBuffer(value)) return [value.toString('base64'), value.toString('hex')]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
