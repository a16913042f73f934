import { headerOf, newMail, ourMark, ownAnswer, reply, written } from './people.ts'
import type { Random } from '../../support/seeded-random.ts'
import type { GmailMessage, World } from './world.ts'

/** How often each thing happens in a mailbox. */
export const editWeights = {
  arrive: 14,
  replyArrive: 12,
  lateArrive: 3,
  manyArrive: 0.3,
  answer: 8,
  writeDraft: 4,
  editDraft: 2,
  discardDraft: 2,
  sendDraft: 3,
  delete: 5,
  trash: 6,
  untrash: 5,
  spam: 4,
  unspam: 4,
  label: 8,
  read: 6,
  archive: 3,
} as const
export type EditKind = keyof typeof editWeights

/** One edit of the mailbox, as Gmail or its owner makes it; what has nothing to act on does nothing. */
export async function edit(kind: EditKind, random: Random, world: World): Promise<string> {
  const done = await edits[kind](random, world)
  return done === undefined ? `${kind}: nothing to do` : `${kind} ${done}`
}

type Edit = (random: Random, world: World) => Promise<string | undefined>

const isDraft = ({ labelIds }: GmailMessage) => labelIds.includes('DRAFT')
const has = (label: string) => (message: GmailMessage) => message.labelIds.includes(label)

/** Acts on one message that `fits`; drafts are edited as drafts only. */
function onOne(
  fits: (message: GmailMessage) => boolean,
  act: (message: GmailMessage, world: World, random: Random) => unknown,
): Edit {
  return async (random, world) => {
    const message = random.pick((await world.messages()).filter((each) => !isDraft(each) && fits(each)))
    if (!message) return undefined
    await act(message, world, random)
    return message.id
  }
}

const any = () => true
const systemLabels = ['STARRED', 'IMPORTANT', 'CATEGORY_UPDATES']

const edits: Record<EditKind, Edit> = {
  arrive: async (random, world) => arrive(world, written(world, newMail(random, world))),
  replyArrive: onOne(any, async (message, world, random) =>
    arrive(world, written(world, reply(random, world, message))),
  ),
  lateArrive: onOne(any, async (message, world, random) => {
    const mail = reply(random, world, message)
    await arrive(world, written(world, mail), new Date(message.internalDate.getTime() - 1 - random.below(5_000)))
  }),
  async manyArrive(random, world) {
    for (let n = 0; n < 60; n++)
      await arrive(world, written(world, { ...newMail(random, world), headers: ['Precedence: bulk'] }))
    return '60'
  },
  answer: onOne(any, async (message, world, random) => {
    const mail = ownAnswer(random, world, message)
    await world.stage.app.google.deliver(world.email, written(world, mail), {
      labels: ['SENT'],
      receivedAt: mail.at ?? new Date(),
    })
  }),
  writeDraft: onOne(any, (message, world, random) =>
    world.hand.saveDraft(written(world, ownAnswer(random, world, message)), message.threadId),
  ),
  editDraft: onDraft((draft, world, random) => {
    const original = written(world, { ...newMail(random, world), direction: 'out' })
    world.hand.discardDraft(draft.id)
    world.hand.saveDraft(original, draft.threadId)
  }),
  discardDraft: onDraft(({ id }, world) => world.hand.discardDraft(id)),
  sendDraft: onDraft(({ id }, world) => world.hand.sendDraft(id)),
  delete: onOne(any, ({ id }, world) => world.hand.delete(id)),
  trash: onOne(
    (message) => !has('TRASH')(message),
    ({ id }, world) => world.hand.label(id, { add: ['TRASH'], remove: ['INBOX'] }),
  ),
  untrash: onOne(has('TRASH'), ({ id }, world, random) =>
    world.hand.label(id, { add: random.chance(0.5) ? ['INBOX'] : [], remove: ['TRASH'] }),
  ),
  spam: onOne(
    (message) => !has('SPAM')(message),
    ({ id }, world) => world.hand.label(id, { add: ['SPAM'], remove: ['INBOX'] }),
  ),
  unspam: onOne(has('SPAM'), ({ id }, world) => world.hand.label(id, { add: ['INBOX'], remove: ['SPAM'] })),
  label: onOne(any, (message, world, random) => {
    const label = random.pick([...systemLabels, world.stage.ownLabel]) ?? world.stage.ownLabel
    toggle(message, label, world)
  }),
  read: onOne(any, (message, world) => toggle(message, 'UNREAD', world)),
  archive: onOne(any, (message, world) => toggle(message, 'INBOX', world)),
}

async function arrive(world: World, raw: string, receivedAt = world.nextInstant()): Promise<string> {
  const { id } = await world.stage.app.google.deliver(world.email, raw, { receivedAt })
  return id
}

function toggle({ id, labelIds }: GmailMessage, label: string, world: World): void {
  world.hand.label(id, labelIds.includes(label) ? { remove: [label] } : { add: [label] })
}

/** Acts on a draft the owner wrote; what becomes of ours is the outbox model's. */
function onDraft(act: (draft: { id: string; threadId: string }, world: World, random: Random) => unknown): Edit {
  return async (random, world) => {
    const messages = await world.messages()
    const ours = new Set(messages.filter((message) => headerOf(message, ourMark)).map(({ id }) => id))
    const drafts = await world.stage.app.google.drafts(world.email)
    const draft = random.pick(drafts.filter(({ messageId }) => !ours.has(messageId)))
    if (!draft) return undefined
    await act(draft, world, random)
    return draft.id
  }
}
