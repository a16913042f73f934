import { type Kysely, sql } from 'kysely'
import type { AppContext } from '../../../server/context.ts'
import { cancelReady } from '../../../server/db/sending/sends.ts'
import type { DB } from '../../../server/db/engine/schema.ts'
import type { MailboxRef } from '../../../server/ports.ts'
import { inTransaction, step } from '../../../server/step.ts'

// What steps.test.ts must find. Nothing imports this file.

export async function unnamed(ctx: AppContext, mailbox: MailboxRef): Promise<void> {
  await ctx.mailbox.profile(mailbox)
  const { googleAuth, mailSender } = ctx
  await googleAuth?.revoke('token')
  const { db } = ctx
  await use(mailSender.sendGmailDraft)
  await db.transaction().execute((trx) => trx.deleteFrom('users').execute())
  await ctx.db.withoutPlugins().deleteFrom('users').execute()
  await sql`delete from users`.execute(db)
  await clear(ctx.db)
  await cancelReady(db, mailbox.userId, 'draft', 'now')
}

export async function misnamed(ctx: AppContext, mailbox: MailboxRef, name: string): Promise<void> {
  await step('two-effects', async () => {
    await ctx.mailbox.profile(mailbox)
    await clear(ctx.db)
  })
  await step(name, () => clear(ctx.db))
  await step('Not_Kebab', () => clear(ctx.db))
  await step('two-effects', () => clear(ctx.db))
  await inTransaction(ctx, 'asks-outside', async (trx) => {
    await clear(trx)
    await ctx.mailbox.profile(mailbox)
  })
  await inTransaction(ctx, name, clear)
}

/** Well named, or no effect: not to be found. */
export async function named(ctx: AppContext, mailbox: MailboxRef, which: 'this' | 'that'): Promise<Date> {
  await step('gmail-profile', () => ctx.mailbox.profile(mailbox))
  await step(`clear-${which}`, () => ctx.db.transaction().execute((trx) => clear(trx)))
  await inTransaction(ctx, `empty-${which}`, clear)
  await ctx.db.selectFrom('users').select('id').execute()
  return ctx.clock.now()
}

async function clear(db: Kysely<DB>): Promise<void> {
  await db.deleteFrom('users').execute()
}

async function use(effect: unknown): Promise<void> {
  await Promise.resolve(effect)
}
