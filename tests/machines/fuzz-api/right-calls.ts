import { randomUUID } from 'node:crypto'
import { signAccessToken } from '../../../server/security/access-token.ts'
import { startSession } from '../../../server/services/refresh-tokens.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { procedureInputs } from '../../support/procedure-inputs.ts'
import { procedures } from '../../support/procedures.ts'
import { approvalOf, loseSend, versionOf } from '../../support/sending.ts'
import { newTenant } from '../tenants/world.ts'
import { callOf, type Shot } from './shot.ts'
import type { Stage } from './stage.ts'

/** These end what others need. */
const last = ['mailboxes.disconnect', 'auth.logoutEverywhere', 'auth.changePassword', 'auth.deleteAccount']

/**
 * Every procedure, called once with an input that it has to refuse and once with one that it has to answer: what that asks
 * for is made just before. So whatever else a run has room for, it has met each of them behind its limits.
 */
export async function* rightCalls(stage: Stage): AsyncGenerator<Shot> {
  const { app } = stage
  const tenant = await newTenant(app)
  const inbox = await openInbox(app, { undoWindowSeconds: 60 })
  const ready = readyInputs(app, inbox)
  const names = procedures.map(({ name }) => name).filter((name) => !last.includes(name))
  for (const name of [...names, ...last]) {
    await app.db.deleteFrom('rateLimits').execute()
    const { input, userId } = (await ready[name]?.()) ?? {
      input:
        name === 'auth.resetPassword' ? await resetting(stage) : procedureInputs[name]?.(await tenant.whatIsLeft()),
      userId: tenant.owner.userId,
    }
    const session = await startSession(app.db, userId, app.clock.now())
    const token = signAccessToken(app.ctx.config.jwt, session, app.clock.now())
    const headers = { authorization: `Bearer ${token}` }
    yield callOf(name, { surprise: 1 }, headers)
    yield callOf(name, input, headers)
  }
}

async function resetting({ app, smtp }: Stage): Promise<unknown> {
  const { email } = await app.newOwner()
  await app.as(null).auth.requestPasswordReset({ email })
  await app.drain()
  const [, token = ''] = /#token=(\S+)/.exec(smtp.mails.at(-1)?.text ?? '') ?? []
  return { token, password: 'correct horse staple' }
}

/** An input that is right now, and whose it is. */
interface Ready {
  readonly input: unknown
  readonly userId: string
}

type Make = () => Ready | Promise<Ready>

/** Inputs of those that ask for a certain state. */
function readyInputs(app: Stage['app'], inbox: Inbox): Readonly<Record<string, Make | undefined>> {
  const { api, owner } = inbox
  const password = 'correct horse battery'
  const draft = (subject: string) =>
    inbox.newDraft({ subject, text: `Could you send me the prices of the ${subject}?` })
  const version = async (subject: string) => versionOf(await draft(subject))
  const mail = async (subject: string) => ({ emailId: (await draft(subject)).emailId })
  const contact = async () => (await api.contacts.upsert({ address: `${randomUUID()}@engine.example` })).id
  const dayAhead = () => new Date(app.clock.now().getTime() + 86_400_000).toISOString()
  const own: Record<string, () => unknown> = {
    'auth.login': () => ({ email: owner.email, password }),
    'auth.register': () => ({ email: `${randomUUID()}@studio.example`, password }),
    'auth.refresh': async () => {
      return { refreshToken: (await startSession(app.db, owner.userId, app.clock.now())).refreshToken }
    },
    'emails.process': async () => ({ ...(await mail('lamps')), replyAnyway: true }),
    'emails.classify': () => mail('tables'),
    'emails.dismiss': () => mail('chairs'),
    'emails.correctIntent': async () => ({ ...(await mail('sofas')), intent: 'complaint' }),
    'drafts.edit': async () => ({ ...(await version('desks')), body: 'Yes, we do.' }),
    'drafts.approve': async () => approvalOf(await draft('beds')),
    'drafts.reject': () => version('shelves'),
    'drafts.undoReject': async () => versionOf(await api.drafts.reject(await version('rugs'))),
    'drafts.cancelSend': async () => versionOf(await api.drafts.approve(approvalOf(await draft('stools')))),
    'drafts.schedule': async () => ({ ...approvalOf(await draft('benches')), sendAt: dayAhead() }),
    'drafts.regenerate': () => version('mirrors'),
    'drafts.answer': async () => {
      const asking = await draft('doors')
      return {
        ...versionOf(asking),
        answers: asking.openQuestions.slice(0, 1).map(({ id }) => ({ id, answer: 'Yes.' })),
      }
    },
    'calendar.createEvent': async () => {
      const offering = await inbox.newDraft({ subject: 'Meet?', text: 'When are you free to meet next week?' })
      await api.drafts.approve(approvalOf(offering))
      const held = app.db.selectFrom('slotHolds').where('userId', '=', owner.userId).select(['startAt', 'endAt'])
      const { startAt, endAt } = await held.orderBy('startAt').executeTakeFirstOrThrow()
      return { draftId: offering.id, start: startAt, end: endAt }
    },
    'contacts.upsert': () => ({ address: `${randomUUID()}@engine.example` }),
    'contacts.merge': async () => ({ intoId: await contact(), fromIds: [await contact()] }),
    'templates.approve': async () => {
      const { id, version } = await api.templates.create({ name: 'Hours', body: 'We are there from nine to five.' })
      return { templateId: id, version }
    },
    'batches.cancel': async () => ({
      batchId: (await api.batches.process({ emailIds: [(await draft('things')).emailId] })).id,
    }),
  }
  const ready = Object.entries(own).map(([name, make]) => [
    name,
    async () => ({ input: await make(), userId: owner.userId }),
  ])
  return { ...(Object.fromEntries(ready) as Record<string, Make>), 'drafts.resolveSend': () => lostSend(app) }
}

async function lostSend(app: Stage['app']): Promise<Ready> {
  const inbox = await openInbox(app)
  const { id } = await inbox.api.drafts.approve(approvalOf(await inbox.newDraft()))
  await loseSend(app, inbox, await inbox.draft(id))
  app.google.delaySentVisibility(0)
  return { input: { ...versionOf(await inbox.draft(id)), outcome: 'not_sent' }, userId: inbox.userId }
}
