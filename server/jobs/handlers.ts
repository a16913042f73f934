import { processEmail } from '../agent/pipeline.ts'
import type { AppContext } from '../context.ts'
import { purgeAccount } from '../services/account-deletion.ts'
import { deleteLeftoverGmailDrafts } from '../services/sending/leftover-gmail-drafts.ts'
import { deleteGmailDraftOfRemoved } from '../services/sending/gmail-drafts-of-removed.ts'
import { deleteMailbox } from '../services/mailbox-removal.ts'
import { revokeGrant } from '../services/grant-revocation.ts'
import { sendDigest } from '../services/digest.ts'
import { embedEmails } from '../services/embeddings.ts'
import { sendPasswordReset } from '../services/password-resets.ts'
import { workOnBatch } from '../services/batch-work.ts'
import { applyRetention } from '../services/retention.ts'
import { refillSearch } from '../services/search-refill.ts'
import { renewWatch } from '../services/sync/gmail-watch.ts'
import { syncMailbox } from '../services/sync/mailbox-sync.ts'
import { workOnSend } from '../services/sending/work-on-send.ts'
import type { JobHandlers } from './catalog.ts'
import { sweepDue } from './sweep-due.ts'

/** What each job of the catalogue does; a name without a handler does not compile. */
export function createHandlers(ctx: AppContext): JobHandlers {
  return {
    'sync-mailbox': ({ payload, signal }) => syncMailbox(ctx, payload, signal),
    'process-email': ({ payload, isLastTry, signal }) => processEmail(ctx, payload, { isLastTry, signal }),
    'work-on-batch': ({ payload, signal }) => workOnBatch(ctx, payload, signal),
    'embed-emails': ({ payload, signal }) => embedEmails(ctx, payload, signal),
    'dispatch-outbox': ({ payload, signal }) => workOnSend(ctx, payload, signal),
    'renew-watch': ({ payload, signal }) => renewWatch(ctx, payload, signal),
    'sweep-drafts': ({ payload, signal }) => deleteLeftoverGmailDrafts(ctx, payload, signal),
    'discard-draft': ({ payload, signal }) => deleteGmailDraftOfRemoved(ctx, payload, signal),
    'revoke-grant': ({ payload, isLastTry, signal }) => revokeGrant(ctx, payload, { isLastTry, signal }),
    'delete-mailbox': ({ payload, signal }) => deleteMailbox(ctx, payload, signal),
    'purge-account': ({ payload, signal }) => purgeAccount(ctx, payload, signal),
    'refill-search': ({ payload, signal }) => refillSearch(ctx, payload.userId, signal),
    'send-digest': ({ payload, signal }) => sendDigest(ctx, payload.userId, signal),
    'apply-retention': ({ payload, signal }) => applyRetention(ctx, payload.userId, signal),
    'send-password-reset': ({ payload, signal }) => sendPasswordReset(ctx, payload, signal),
    'sweep-due': () => sweepDue(ctx),
  }
}
