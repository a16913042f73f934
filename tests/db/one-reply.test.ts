import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { SendState } from '../../server/db/sending/sends.ts'
import { newDraftRow, newEmailRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()

/** A mail with a draft, and how a send of it is written: by nothing but SQL. */
async function answeredMail() {
  const { userId, mailboxId } = await newOwnerRow(db)
  const emailId = await newEmailRow(db, { userId, mailboxId })
  const { id: draftId } = await newDraftRow(db, userId, { emailId })
  await sql`
    insert into draft_versions (user_id, draft_id, version, author, body, content_hash, created_at)
    values (${userId}, ${draftId}, 1, 'agent', 'Dear Ada', '\\x00', now())`.execute(db)
  return {
    send: (state: SendState) =>
      sql`
      insert into outbox (user_id, id, draft_id, draft_version, email_id, mailbox_id, purpose, content_hash, state,
        origin, not_before, created_at)
      values (${userId}, ${randomUUID()}, ${draftId}, 1, ${emailId}, ${mailboxId}, 'reply', '\\x00', ${state},
        'owner', now(), now())`.execute(db),
    settle: (state: SendState) => sql`update outbox set state = ${state} where user_id = ${userId}`.execute(db),
  }
}

test.each(['READY', 'SENDING', 'SENT', 'UNKNOWN'] as const)(
  'while a reply is %s the database takes no second one to the same mail, whatever code writes it',
  async (state) => {
    const mail = await answeredMail()
    await mail.send(state)
    for (const second of ['READY', 'SENDING', 'SENT', 'UNKNOWN'] as const) {
      await expect(mail.send(second)).rejects.toMatchObject({ code: '23505' })
    }
  },
)

test.each(['CANCELLED', 'REJECTED', 'NOT_SENT'] as const)(
  'once a reply is %s another one may be sent, and the first comes back to life no more',
  async (state) => {
    const mail = await answeredMail()
    await mail.send('READY')
    await mail.settle(state)
    await mail.send('READY')
    await expect(mail.send('READY')).rejects.toMatchObject({ code: '23505' })
    await expect(mail.settle('SENDING')).rejects.toMatchObject({ code: '23505' })
  },
)
