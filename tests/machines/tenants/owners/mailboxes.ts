import * as disconnection from '../../../../server/db/mailboxes/disconnection.ts'
import * as connection from '../../../../server/db/mailboxes/mailbox-connection.ts'
import * as mailboxes from '../../../../server/db/mailboxes/mailboxes.ts'
import * as quarantine from '../../../../server/db/mailboxes/quarantine.ts'
import * as resync from '../../../../server/db/mailboxes/resync.ts'
import * as sync from '../../../../server/db/mailboxes/sync.ts'
import * as tokens from '../../../../server/db/mailboxes/tokens.ts'
import * as watch from '../../../../server/db/mailboxes/watch.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function mailboxesPlays(k: Known): Play[] {
  const { now, farOff, newId, mailbox, ofFirst, ofOthers } = k
  const { mailboxId } = k.ids
  const { googleSubject, address, scopes } = mailbox
  const seal = Buffer.alloc(40, 3)
  const from = { accessToken: mailbox.accessToken, refreshToken: mailbox.refreshToken }
  const closed = `update mailboxes set status = 'disconnected'`
  const detached = `${closed}, google_subject = 'removed:${mailboxId}'`
  const listed = [k.listing.gmailId, k.mail.gmailId]
  const isListed = `update resync_listings set gmail_id = '${k.mail.gmailId}', labels = '{INBOX,NEW}'`
  const unread = {
    mailboxId,
    gmailId: k.quarantined.gmailId,
    reason: 'again',
    now,
    pauseSeconds: 60,
    maxPauseSeconds: 600,
    known: undefined,
  }
  return [
    ...playsOf('mailboxes/disconnection', disconnection, {
      lockMailbox: [mailboxId],
      closeMailbox: [mailboxId],
      detachMailbox: { before: closed, args: [mailboxId] },
      isDetached: { before: detached, args: [mailboxId] },
      deleteEmptyMailbox: [
        { before: detached, args: [mailboxId] },
        { before: `${detached}; delete from emails where user_id <> '${k.userId}'`, args: [mailboxId] },
      ],
      mailboxIdsOf: [],
    }),
    ...playsOf('mailboxes/mailbox-connection', connection, {
      findMailboxBySubject: [googleSubject],
      upsertConnectedMailbox: [
        {
          id: mailboxId,
          googleSubject,
          address,
          scopes,
          accessToken: seal,
          refreshToken: seal,
          tokenExpiresAt: farOff,
        },
      ],
    }),
    ...playsOf('mailboxes/mailboxes', mailboxes, {
      listMailboxes: [{ args: [{ limit: 20 }] }, { args: [{ limit: 20, after: [k.longAgo, mailboxId] }] }],
      findMailbox: [mailboxId],
      noteGmailDraftCheck: [mailboxId, now],
    }),
    ...playsOf('mailboxes/quarantine', quarantine, {
      upsertQuarantined: [unread],
      listQuarantined: [
        { args: [{ limit: 20 }] },
        {
          before: `update emails set gmail_id = '${k.quarantined.gmailId}' where id = '${k.mail.id}' and ${ofFirst}`,
          args: [{ limit: 20 }],
        },
      ],
      selectQuarantined: [],
      makeQuarantinedDue: [k.quarantined.id, now],
      dueQuarantined: [mailboxId, { now: farOff, limit: 20 }],
      removeFromQuarantine: [mailboxId, [k.quarantined.gmailId]],
    }),
    ...playsOf('mailboxes/resync', resync, {
      noteListed: [mailboxId, { gmailIds: listed, labels: ['STARRED'] }],
      noteLabel: [mailboxId, { gmailIds: listed, label: 'STARRED' }],
      storedWithLabel: { before: isListed, args: [mailboxId, { labels: ['NEW'], limit: 20 }] },
      storedButUnlisted: [{ args: [mailboxId, 20] }, { before: isListed, args: [mailboxId, 20] }],
      listedButMissing: [
        { args: [mailboxId, { leftOut: ['SPAM'], now, limit: 20 }] },
        { before: isListed, args: [mailboxId, { leftOut: ['SPAM'], now, limit: 20 }] },
        {
          before: `update resync_listings set gmail_id = '${k.quarantined.gmailId}'`,
          args: [mailboxId, { leftOut: ['SPAM'], now: k.longAgo, limit: 20 }],
        },
      ],
      adoptListedLabels: [
        { before: isListed, args: [mailboxId, { leftOut: ['SPAM'], limit: 20 }] },
        {
          before: `${isListed}; update emails set gmail_id = gmail_id || 'x' where ${ofOthers}`,
          args: [mailboxId, { leftOut: ['SPAM'], limit: 20 }],
        },
      ],
      deleteUnstored: [{ args: [mailboxId, listed] }, { before: isListed, args: [mailboxId, listed] }],
      clearListing: [mailboxId],
    }),
    ...playsOf('mailboxes/sync', sync, {
      claimMailbox: [mailboxId, k.claim],
      findSyncState: [mailboxId],
      raiseSyncedAfter: { before: `update mailboxes set synced_after = '2020-01-01'`, args: [now] },
      updateMailbox: [mailboxId, mailbox.leaseEpoch, { lastSyncAt: now }],
      countFailure: [mailboxId, { epoch: mailbox.leaseEpoch, isTokenRefused: true }],
      setDisplayName: { before: `update mailboxes set display_name = ''`, args: [mailboxId, 'Ada'] },
    }),
    ...playsOf('mailboxes/tokens', tokens, {
      findMailboxTokens: [mailboxId],
      replaceMailboxTokens: [mailboxId, { from, to: { accessToken: seal, tokenExpiresAt: farOff } }],
      stopMailboxForReauth: [mailboxId, { refreshToken: mailbox.refreshToken, lastError: newId }],
      replaceSeals: [mailboxId, { from, to: { accessToken: seal, refreshToken: seal } }],
    }),
    ...playsOf('mailboxes/watch', watch, {
      findWatch: [mailboxId],
      moveWatch: [mailboxId, { from: mailbox.watchExpiresAt, to: { watchExpiresAt: farOff, watchRetryAt: null } }],
    }),
  ]
}
