import type { Kysely } from 'kysely'
import { findIdentity } from '../../../../server/db/accounts/google-identities.ts'
import type { DB } from '../../../../server/db/engine/schema.ts'
import { newestNotifications } from '../../../../server/db/accounts/notifications.ts'
import { activeMailboxesOf } from '../../../../server/db/mailboxes/mailbox-connection.ts'
import { markUnsentAsSending } from '../../../../server/db/sending/restored.ts'
import * as sweeps from '../../../../server/db/sweeps.ts'
import { mailboxStates, readFigures } from '../../../../server/db/system/health.ts'
import type { Known } from './known.ts'
import type { Play } from './play.ts'

/** What asks for no owner, and joins by it: a row of one owner must not go with a row of another. */
export function everybodysPlays({ claim: { now }, userId, day, mailbox, ids, ofFirst, ofOthers }: Known): Play[] {
  const most = 1_000
  const play = (file: string, name: string, before: string, call: (db: Kysely<DB>) => unknown): Play => {
    return { file, name, place: 0, before, isShared: true, call }
  }
  const seldom = `update settings set sync_frequency_minutes = 50000000 where ${ofOthers}`
  const gone = `update emails set gone_at = now(); update outbox set state = 'UNKNOWN' where ${ofFirst}`
  const queued = `update traces set status = 'queued' where ${ofFirst} and id = '${ids.traceId}'`
  const ready = `update outbox set state = 'READY' where ${ofFirst}; update drafts set status = 'approved'`
  const waits = `update vectors_due set due_at = '2050-01-01' where ${ofOthers}`
  const isTold = `update spend set told_at = now() where ${ofFirst}`
  return [
    play('sweeps', 'dueMailboxes', seldom, (db) => sweeps.dueMailboxes(db, now, most)),
    play('sweeps', 'goneEmails', gone, (db) => sweeps.goneEmails(db, most)),
    play('sweeps', 'dueGmailDraftChecks', `delete from outbox where ${ofOthers}`, (db) =>
      sweeps.dueGmailDraftChecks(db, now, most),
    ),
    play('sweeps', 'lapsedRuns', queued, (db) => sweeps.lapsedRuns(db, { now, before: now }, most)),
    play('sweeps', 'dueVectors', waits, (db) => sweeps.dueVectors(db, now, most)),
    play('accounts/google-identities', 'findIdentity', '', (db) => findIdentity(db, ids.subject)),
    play('accounts/notifications', 'newestNotifications', `delete from notifications where ${ofFirst}`, (db) =>
      newestNotifications(db, [userId]),
    ),
    play('mailboxes/mailbox-connection', 'activeMailboxesOf', '', (db) => activeMailboxesOf(db, mailbox.address)),
    play('sending/restored', 'markUnsentAsSending', ready, markUnsentAsSending),
    play('system/health', 'mailboxStates', seldom, (db) => mailboxStates(db, most)),
    play('system/health', 'readFigures', isTold, (db) => readFigures(db, { now, day })),
  ]
}
