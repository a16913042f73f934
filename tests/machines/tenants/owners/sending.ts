import * as automatic from '../../../../server/db/sending/automatic-sends.ts'
import * as begin from '../../../../server/db/sending/begin-sending.ts'
import * as draftEmails from '../../../../server/db/sending/draft-emails.ts'
import * as draftStore from '../../../../server/db/sending/draft-store.ts'
import * as drafts from '../../../../server/db/sending/drafts.ts'
import * as lessons from '../../../../server/db/sending/lessons.ts'
import * as ofMailbox from '../../../../server/db/sending/of-mailbox.ts'
import * as replayable from '../../../../server/db/sending/replayable.ts'
import * as sends from '../../../../server/db/sending/sends.ts'
import * as templates from '../../../../server/db/sending/templates.ts'
import * as threadChanges from '../../../../server/db/sending/thread-changes.ts'
import * as trust from '../../../../server/db/sending/trust.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function sendingPlays(k: Known): Play[] {
  const { now, farOff, longAgo, newId, send, sentMail, sentDraft, template, ofFirst } = k
  const { mailboxId, emailId, draftId, traceId, templateId } = k.ids
  const present = { now: k.moment, agentVersion: k.agentVersion }
  const mails = [emailId, sentMail.id]
  const { contentHash } = send
  const is = (state: string) => `update outbox set state = '${state}'`
  const approvedDraft = `update drafts set status = 'approved' where id = '${sentDraft.id}'`
  const byAgent = `update outbox set origin = 'agent'`
  const of = (mail: typeof sentMail) => ({
    mailboxId,
    threadId: k.ids.threadId,
    fromAddress: 'ada@engine.example',
    receivedAt: mail.receivedAt < sentMail.receivedAt ? mail.receivedAt : longAgo,
    intent: 'complaint' as const,
  })
  const wroteBefore = `update emails set direction = 'out', received_at = '2021-01-01' where id = '${sentMail.id}';
    insert into email_participants (user_id, email_id, role, address)
      select user_id, id, 'to', 'ada@engine.example' from emails where id = '${sentMail.id}'`
  const answersOther = `update draft_emails set email_id = '${emailId}';
    update emails set status = 'needs_review'`
  const trusted = `update trust_decisions set outcome = 'approved'`
  const alsoTrusted = `${trusted}; insert into trust_decisions
    (user_id, draft_id, kind, subject, mailbox_id, outcome, agent_version, decided_at)
    select user_id, '${draftId}', kind, subject, mailbox_id, 'edited', agent_version, decided_at - interval '1 minute'
    from trust_decisions`
  const text = { subject: 'Re', to: [{ name: '', address: 'ada@engine.example' }], body: 'Hello', createdAt: now }
  const draft = { id: newId, emailId, traceId, confidence: 1, reasons: [], openQuestions: [], sources: [], ...text }
  const newSend = { mailboxId, contentHash, origin: 'owner', notBefore: now, createdAt: now } as const
  const lesson = { outcome: 'edited', fault: 'WRONG_TONE', removed: ['a'], added: ['b'], learnedAt: now } as const
  const used = `update drafts set template_id = '${templateId}', template_version = 1`
  const approved = `update templates set approved_version = version, intent = 'inquiry', language = 'en'`
  const wanted = { intent: 'inquiry', language: 'en' } as const
  return [
    ...playsOf('sending/automatic-sends', automatic, {
      readSendFacts: [
        { before: `${byAgent}; ${k.inOneThread}; ${wroteBefore}`, args: [of(k.mail), present] },
        { before: `${byAgent}; ${k.inOneThread}; ${alsoTrusted}`, args: [{ ...of(k.mail), outboxId: newId }, present] },
        { before: `${byAgent}; ${k.inOneThread}; ${trusted}`, args: [of(k.mail), present] },
      ],
    }),
    ...playsOf('sending/begin-sending', begin, {
      beginSending: {
        before: `${is('READY')}; ${approvedDraft}`,
        args: [{ id: send.id, epoch: send.epoch, contentHash }, now],
      },
      loadReply: [{ draftId: sentDraft.id, draftVersion: send.draftVersion }],
      findDisputedSends: { before: is('NOT_SENT'), args: [sentMail.id] },
    }),
    ...playsOf('sending/draft-emails', draftEmails, {
      insertDraftEmails: [draftId, mails],
      lockMailsOfDraft: [{ args: [sentDraft.id] }, { before: answersOther, args: [sentDraft.id] }],
      moveMailsOfDraft: {
        before: answersOther,
        args: [
          { draftId: sentDraft.id, emailId: sentMail.id },
          { from: ['needs_review'], to: 'approved' },
        ],
      },
      findAnsweringDraft: { before: answersOther, args: [emailId] },
      lockAlsoAnswered: { before: answersOther, args: [sentMail.id] },
    }),
    ...playsOf('sending/draft-store', draftStore, {
      supersedeDrafts: [emailId],
      closeDrafts: [emailId],
      insertDraft: { before: `update drafts set status = 'rejected'`, args: [draft] },
      insertVersion: [{ id: draftId, version: 9, author: 'owner', ...text }],
      setRejectReason: [draftId, 'No'],
    }),
    ...playsOf('sending/drafts', drafts, {
      listDrafts: [{ args: [{ limit: 20 }] }, { before: is('READY'), args: [{ limit: 20, status: 'sent' }] }],
      getDraft: [{ args: [draftId] }, { before: is('READY'), args: [sentDraft.id] }],
      getDraftItem: [{ args: [draftId] }, { before: is('READY'), args: [sentDraft.id] }],
      moveDraft: [draftId, { version: 1, from: 'pending', to: 'approved' }],
      findDraft: [draftId],
      findForEvent: [draftId],
      findForRedraft: [{ draftId, version: 1 }],
      findOpenDraft: [emailId],
      hasOpenQuestions: { before: `update drafts set open_questions = '["When?"]'`, args: [draftId] },
      findBody: [draftId],
      traceparentOfDraft: { before: `update traces set traceparent = user_id::text`, args: [draftId] },
      editBody: [draftId, { version: 1, body: 'Mine' }],
    }),
    ...playsOf('sending/lessons', lessons, {
      agentsBody: [
        {
          before: `update draft_versions set author = 'program' where version = 2 and ${ofFirst}`,
          args: [sentDraft.id],
        },
        { args: [draftId] },
        { before: `update draft_versions set author = 'program' where version = 2`, args: [sentDraft.id] },
      ],
      saveLesson: [{ draftId, ...lesson }],
      deleteLesson: [sentDraft.id],
      findDraftLessons: [
        { args: [{ correspondent: 'ada@engine.example', intent: 'complaint' }] },
        { args: [{ correspondent: 'other@engine.example', intent: 'complaint' }] },
      ],
    }),
    ...playsOf('sending/of-mailbox', ofMailbox, {
      findReadyOfMailbox: { before: is('READY'), args: [mailboxId] },
      cancelUnsent: { before: is('READY'), args: [send.id, { settledAt: now, reasons: [] }] },
    }),
    ...playsOf('sending/replayable', replayable, { findReplayable: [traceId] }),
    ...playsOf('sending/sends', sends, {
      insertSend: [{ draftId, draftVersion: 1, emailId, ...newSend }],
      cancelReady: { before: is('READY'), args: [sentDraft.id, now] },
      cancelReadyOfMail: { before: is('READY'), args: [sentMail.id, now] },
      findLiveSend: [sentMail.id, ['SENT']],
      claimSend: { before: is('READY'), args: [send.id, k.claim] },
      findSend: [send.id],
      updateSend: [{ id: send.id, epoch: send.epoch }, ['SENT'], { error: 'Oh' }],
      findUnknownSend: { before: is('UNKNOWN'), args: [{ draftId: sentDraft.id, version: send.draftVersion }] },
      settleUnknown: { before: is('UNKNOWN'), args: [sentDraft.id, { state: 'SENT', settledAt: now }] },
      makeRecheckDue: { before: is('UNKNOWN'), args: [sentMail.id, farOff] },
      findSendOfGmailDraft: [{ mailboxId, outboxId: send.id }],
    }),
    ...playsOf('sending/templates', templates, {
      listTemplates: [{ limit: 20 }],
      getTemplate: [{ args: [templateId] }, { before: used, args: [templateId] }],
      exportTemplates: [undefined],
      lockTemplateNamed: [template.name],
      insertTemplate: [
        { args: [{ id: newId, name: template.name, intent: null, language: null, body: 'Hi', createdAt: now }] },
        { args: [{ id: newId, name: 'A new one', intent: null, language: null, body: 'Hi', createdAt: now }] },
      ],
      changeTemplate: [{ id: templateId, version: template.version, changes: { body: 'Other' }, now }],
      setApproved: [{ id: templateId, version: template.version }],
      removeTemplate: [templateId],
      approvedTemplateFor: { before: approved, args: [wanted] },
      isTemplateApproved: { before: approved, args: [{ id: templateId, version: template.version }] },
      templatesFor: { before: approved, args: [{ ...wanted, isApproved: true }] },
    }),
    ...playsOf('sending/thread-changes', threadChanges, {
      lockThreads: [mails],
      lockMails: [mails],
      lockOpenMails: [
        {
          before: `update emails set status = 'needs_review';
            update emails set thread_id = '${sentMail.threadId}' where ${ofFirst}`,
          args: [[emailId]],
        },

        { args: [[emailId]] },
        { before: `${k.inOneThread}; update emails set status = 'needs_review'`, args: [[emailId]] },
      ],
      lockIfOpen: [mails],
    }),
    ...playsOf('sending/trust', trust, {
      recordApproval: [
        {
          before: `update drafts set email_id = '${emailId}' where id = '${sentDraft.id}' and ${ofFirst}`,
          args: [draftId, now],
        },

        { args: [draftId, now] },
        { before: `update drafts set email_id = '${emailId}' where id = '${sentDraft.id}'`, args: [draftId, now] },
      ],
      revokeTrust: [{ args: [draftId, 'edited', now] }, { args: [sentDraft.id, 'rejected', now] }],
      deleteDecision: { before: trusted, args: [sentDraft.id, 'approved'] },
      isRejectedSince: { before: `update trust_decisions set outcome = 'rejected'`, args: [sentDraft.id, longAgo] },
      selectApprovals: [
        { before: trusted, args: [{ intent: 'complaint', correspondent: 'ada@engine.example' }, present] },
        { before: alsoTrusted, args: [{ intent: 'complaint', correspondent: 'ada@engine.example' }, present] },
      ],
      listStandings: [
        {
          before: `update trust_decisions set subject = 'inquiry' where kind = 'intent'`,
          args: [{ limit: 20 }, present],
        },

        { before: trusted, args: [{ limit: 20 }, present] },
        { before: alsoTrusted, args: [{ limit: 20 }, present] },
      ],
    }),
  ]
}
