import * as awaiting from '../../../../server/db/emails/awaiting-runs.ts'
import * as corrections from '../../../../server/db/emails/corrections.ts'
import * as detail from '../../../../server/db/emails/detail.ts'
import * as emails from '../../../../server/db/emails/emails.ts'
import * as embeddings from '../../../../server/db/emails/embeddings.ts'
import * as labels from '../../../../server/db/emails/labels.ts'
import * as related from '../../../../server/db/emails/related.ts'
import * as removal from '../../../../server/db/emails/removal.ts'
import * as retrieval from '../../../../server/db/emails/retrieval.ts'
import * as refill from '../../../../server/db/emails/search-refill.ts'
import * as stats from '../../../../server/db/emails/stats.ts'
import * as status from '../../../../server/db/emails/status.ts'
import * as store from '../../../../server/db/emails/store.ts'
import * as threadTexts from '../../../../server/db/emails/thread-texts.ts'
import * as unanswered from '../../../../server/db/emails/unanswered.ts'
import * as waiting from '../../../../server/db/emails/waiting.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function emailsPlays(k: Known): Play[] {
  const { now, longAgo, farOff, mail, sentMail, agentVersion, inOneThread, ofFirst, ofOthers, person } = k
  const { mailboxId, emailId, threadId } = k.ids
  const asks = `
    update emails set direction = 'out', fresh_text = 'When?', received_at = '${now}'::timestamptz - interval '5 days';
    update email_participants set role = 'to', address = address || '.example' where role = 'from'`
  const settled = `update emails set status = 'sent', awaits_run = false; update traces set status = 'completed'`
  const mails = [emailId, sentMail.id]
  const gmailIds = [mail.gmailId, sentMail.gmailId]
  const modelId = k.vector.modelId
  const values = Array.from({ length: 768 }, (_, place) => (place === 1 ? 1 : 0))
  const lookFor = { vector: { modelId, values }, words: ['lamps', 'drawings'] }
  const isOut = `update emails set direction = 'out', in_reply_to = '<a@b>', fresh_text = 'The lamps' where id = '${sentMail.id}'`
  const alsoTo = `insert into email_participants (user_id, email_id, role, address)
    select user_id, id, 'to', '${person}' from emails where id = '${sentMail.id}'`
  const writtenTo = `${isOut}; ${alsoTo}`
  const sameReader = `update email_participants set address = '${person}' where role = 'from'`
  const correction = { emailId: sentMail.id, agentVersion, now }
  const inThread = { mailboxId, threadId, fromAddress: person }
  const request = { ...inThread, gmailId: 'z', receivedAt: farOff, ownerAddress: k.mailbox.address }
  const answered = `${inOneThread}; update emails set status = 'pending';
    update emails set received_at = received_at + interval '1 hour' where id = '${sentMail.id}'`
  const known = { subject: 'New', from: { name: '', address: person }, to: [], cc: [], bcc: [], replyTo: [] }
  const facts = { messageId: null, inReplyTo: null, references: [], headers: {}, attachments: [], flags: [] }
  const words = { snippet: '', text: '', freshText: '', html: null, problem: null, calendar: null, report: null }
  const place = { mailboxId, gmailId: 'new', threadId, direction: 'in', receivedAt: k.moment, labels: [] } as const
  const newMail = { ...known, ...facts, ...words, ...place }
  return [
    ...playsOf('emails/awaiting-runs', awaiting, {
      lockAwaitingRun: { before: 'update emails set awaits_run = true', args: [mailboxId, 20] },
      withLiveRun: { before: `update traces set status = 'queued'`, args: [mails] },
      noteRunsBegun: [mails],
    }),
    ...playsOf('emails/corrections', corrections, {
      correctIntent: [
        { args: [{ ...correction, intent: 'inquiry' }] },
        { args: [{ ...correction, intent: 'spam' }] },
        {
          before: `update intent_corrections set model_intent = 'inquiry'`,
          args: [{ ...correction, intent: 'inquiry' }],
        },
      ],
      findLessons: [
        { args: [{ emailId, reader: person, agentVersion }] },
        {
          before: `update trust_decisions set outcome = 'approved'; delete from intent_corrections`,
          args: [{ emailId, reader: person, agentVersion }],
        },
        {
          before: `update trust_decisions set outcome = 'approved'`,
          args: [{ emailId, reader: person, agentVersion }],
        },
      ],
    }),
    ...playsOf('emails/detail', detail, {
      getEmail: [{ args: [emailId] }, { args: [sentMail.id] }],
      getThread: [threadId],
      findAttachment: [sentMail.id, 0],
    }),
    ...playsOf('emails/waiting', waiting, {
      listWaiting: [
        { before: asks, args: [{ limit: 20, days: 1 }, k.moment] },
        {
          before: `${asks}; update emails set received_at = received_at + interval '1 day' where ${ofFirst}`,
          args: [{ limit: 20, days: 1 }, k.moment],
        },
      ],
    }),
    ...playsOf('emails/emails', emails, {
      listEmails: [{ args: [{ limit: 20 }] }, { args: [{ limit: 20, search: 'lamps' }] }],
      getEmailItem: [emailId],
      lockEmailState: [emailId],
    }),
    ...playsOf('emails/embeddings', embeddings, {
      textsWithoutVector: [{ args: [mails, 'another model'] }, { args: [mails, modelId] }],
      saveVectors: {
        before: 'delete from embeddings',
        args: [
          modelId,
          [
            { emailId: sentMail.id, values },
            { emailId, values },
          ],
        ],
      },
      noteMissingVectors: [
        { args: [mailboxId, { modelId: 'another model', now }] },
        { before: 'delete from vectors_due', args: [mailboxId, { modelId, now }] },
      ],
    }),
    ...playsOf('emails/labels', labels, {
      findStored: [mailboxId, gmailIds],
      setLabels: [[{ id: emailId, labels: ['STARRED'], isGone: false }]],
    }),
    ...playsOf('emails/related', related, {
      findRelatedThreads: [
        {
          before: `${sameReader}; update emails set search = '' where ${ofOthers}`,
          args: [{ ...lookFor, vector: null, emailId, threadId, readers: [person], limit: 5 }],
        },
        { args: [{ ...lookFor, emailId, threadId, readers: [person], limit: 5 }] },
        { before: sameReader, args: [{ ...lookFor, vector: null, emailId, threadId, readers: [person], limit: 5 }] },
        { before: sameReader, args: [{ ...lookFor, words: [], emailId, threadId, readers: [person], limit: 5 }] },
      ],
      findOwnReplies: [
        { before: `${isOut} and ${ofFirst}`, args: [{ ...lookFor, person: 'nobody@engine.example', limit: 5 }] },
        {
          before: `${isOut}; ${sameReader} and email_id = '${emailId}';
            update email_participants set address = 'x@y' where email_id = '${sentMail.id}';
            update emails set thread_id = '${sentMail.threadId}' where ${ofFirst}`,
          args: [{ ...lookFor, person, limit: 5 }],
        },
        { before: isOut, args: [{ ...lookFor, person: 'nobody@engine.example', limit: 5 }] },
        { before: isOut, args: [{ ...lookFor, vector: null, person: 'nobody@engine.example', limit: 5 }] },
        { before: isOut, args: [{ ...lookFor, person, limit: 5 }] },
      ],
    }),
    ...playsOf('emails/removal', removal, {
      lockForRemoval: [mails],
      findGmailDraftsLeft: { before: 'update outbox set gmail_message_id = null', args: [mails] },
      deleteSettledEmails: [{ args: [mails] }, { before: `update outbox set state = 'UNKNOWN'`, args: [mails] }],
      findMailsOfMailbox: [
        { args: [mailboxId, 20] },
        { before: `update outbox set state = 'SENDING'`, args: [mailboxId, 20] },
      ],
      findOldMails: [
        { before: settled, args: [{ before: farOff, limit: 20 }] },
        { before: settled, args: [{ before: farOff, limit: 20, among: mails }] },
        {
          before: `${settled}; update traces set status = 'running' where ${ofOthers}`,
          args: [{ before: farOff, limit: 20 }],
        },
      ],
      deleteUnlessSending: [{ args: [mails] }, { before: `update outbox set state = 'SENDING'`, args: [mails] }],
      markGone: [mails, now],
    }),
    ...playsOf('emails/retrieval', retrieval, {
      findThreadHistory: { before: inOneThread, args: [{ emailId, threadId, readers: [person], before: farOff }] },
      findNewerInThread: [
        { before: inOneThread, args: [{ ...inThread, receivedAt: longAgo }] },
        {
          before: `${inOneThread}; ${isOut}; update emails set gmail_id = 'm' || substr(md5(gmail_id), 1, 8);
            update outbox set gmail_message_id = (select gmail_id from emails where emails.user_id = outbox.user_id
              and emails.id = outbox.email_id)`,
          args: [{ ...inThread, receivedAt: longAgo }],
        },
      ],
      hasEarlierInThread: { before: inOneThread, args: [{ mailboxId, threadId, gmailId: 'none', receivedAt: farOff }] },
      countWrittenTo: [
        { before: writtenTo, args: [{ address: person, before: farOff }] },
        { before: `${isOut} and ${ofFirst}; ${alsoTo}`, args: [{ address: person, before: farOff }] },
      ],
      selectWrittenTo: { before: writtenTo, args: [{ address: person, before: farOff }] },
    }),
    ...playsOf('emails/search-refill', refill, {
      refillNext: [
        { args: [20] },
        { args: [1] },
        { before: `update search_refills set after_id = '${mails.toSorted()[0]}'`, args: [20] },
      ],
      awaitsRefill: [],
    }),
    ...playsOf('emails/stats', stats, { getEmailStats: [] }),
    ...playsOf('emails/status', status, {
      moveEmail: [emailId, { from: ['needs_review'], to: 'rejected' }],
      moveEmails: [mails, { from: ['needs_review'], to: 'rejected', reasons: [] }],
      saveClassification: [emailId, { intent: 'spam', confidence: 1, language: 'en' }],
    }),
    ...playsOf('emails/store', store, {
      insertEmail: [{ args: [newMail] }, { args: [{ ...newMail, gmailId: mail.gmailId }] }],
      knownGmailIds: [mailboxId, { gmailIds: [...gmailIds, k.quarantined.gmailId], now: longAgo }],
    }),
    ...playsOf('emails/thread-texts', threadTexts, {
      findEarlierTexts: {
        before: inOneThread,
        args: [{ id: emailId, ...inThread, receivedAt: farOff }],
      },
    }),
    ...playsOf('emails/unanswered', unanswered, {
      findUnanswered: [
        { before: `${answered}; ${isOut} and ${ofFirst}; ${alsoTo}`, args: [request, [person]] },
        {
          before: `${answered}; ${isOut}; ${alsoTo} and ${ofFirst};
            update email_participants set address = 'x@y' where email_id = '${sentMail.id}' and role = 'from'`,
          args: [request, [person]],
        },
        { before: `${inOneThread}; update emails set status = 'pending'`, args: [request, [person]] },
        { before: `${answered}; ${writtenTo}`, args: [request, [person]] },
      ],
      unansweredIds: { before: inOneThread, args: [request] },
    }),
  ]
}
