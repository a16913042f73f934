import { afterAll, expect, test } from 'vitest'
import { insertNotification } from '../../server/db/accounts/notifications.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const emailId = '8f14e45f-ceea-4670-9bd5-7e29d6a3c0de'

/** So many of them, and a client to read them with. */
async function newReader(count: number) {
  const owner = await app.newOwner()
  for (let n = 0; n < count; n++) await tell(owner.userId)
  const client = await httpClient(app, owner)
  return { owner, client, list: client.notifications.list, mark: client.notifications.markRead }
}

const tell = (userId: string) =>
  insertNotification(app.db, userId, 'run_failed', { emailId }, app.clock.now().toISOString())

test('they are listed a page at a time, newest first, with how many are unread', async () => {
  const { list } = await newReader(7)
  const first = await list.query({ limit: 3 })
  expect(first.items[0]).toMatchObject({ kind: 'run_failed', payload: { emailId }, readAt: null })
  expect([first.items.length, first.unread]).toEqual([3, 7])
  const second = await list.query({ limit: 3, cursor: first.nextCursor ?? '' })
  const third = await list.query({ limit: 3, cursor: second.nextCursor ?? '' })
  expect(third.nextCursor).toBeNull()
  const ids = [first, second, third].flatMap(({ items }) => items.map(({ id }) => Number(id)))
  expect(ids).toHaveLength(7)
  expect(ids).toEqual(ids.toSorted((one, other) => other - one))
})

test('some or all up to one are marked as read, and once more changes nothing', async () => {
  const { list, mark } = await newReader(5)
  const ids = (await list.query({})).items.map(({ id }) => id)
  const [newest = '', , middle = '', , oldest = ''] = ids
  expect(await mark.mutate({ ids: [newest, newest] })).toEqual({ ok: true, unread: 4 })
  const { readAt } = (await list.query({})).items[0] ?? {}
  app.clock.advance(1_000)
  expect(await mark.mutate({ ids: [newest] })).toEqual({ ok: true, unread: 4 })
  expect((await list.query({})).items[0]?.readAt).toBe(readAt)
  expect(await mark.mutate({ upTo: middle })).toEqual({ ok: true, unread: 1 })
  expect((await list.query({ unread: true })).items.map(({ id }) => id)).toEqual([ids[1]])
  expect((await list.query({ unread: false })).items.map(({ id }) => id)).toEqual([newest, middle, ids[3], oldest])
  expect(await mark.mutate({ upTo: oldest })).toEqual({ ok: true, unread: 1 })
})

test('another owner’s are not read, not marked, and answered like none', async () => {
  const [mine, theirs] = [await newReader(2), await newReader(2)]
  const [foreign = ''] = (await theirs.list.query({})).items.map(({ id }) => id)
  expect(await mine.mark.mutate({ ids: [foreign] })).toEqual(await mine.mark.mutate({ ids: ['999999999999999'] }))
  expect(await mine.mark.mutate({ upTo: foreign })).toEqual({ ok: true, unread: 0 })
  expect((await theirs.list.query({})).unread).toBe(2)
})

test.each([{}, { ids: [] }, { ids: ['1'], upTo: '1' }, { ids: ['x'] }, { ids: ['9007199254740993'] }, { upTo: '-1' }])(
  'marking %o is refused',
  async (input) => {
    const { mark } = await newReader(0)
    expect(await refusalOf(mark.mutate(input as never))).toMatchObject({ reason: 'VALIDATION_FAILED' })
  },
)

test('all that the product tells its owners can be told over the API', async () => {
  const { owner, client } = await newReader(0)
  const at = app.clock.now().toISOString()
  const draftId = emailId
  await insertNotification(app.db, owner.userId, 'send_found', { emailId, draftId }, at)
  const quarantined = { quarantinedId: emailId, mailboxId: emailId, reason: 'too large' }
  await insertNotification(app.db, owner.userId, 'mail_quarantined', quarantined, at)
  await insertNotification(
    app.db,
    owner.userId,
    'mailbox_needs_reauth',
    { mailboxId: emailId, address: 'a@b.example' },
    at,
  )
  await insertNotification(app.db, owner.userId, 'budget_exhausted', { reason: 'No more today.' }, at)
  const { items } = await client.notifications.list.query({})
  expect(items.map(({ kind }) => kind)).toEqual([
    'budget_exhausted',
    'mailbox_needs_reauth',
    'mail_quarantined',
    'send_found',
  ])
})
