import { isDeepStrictEqual } from 'node:util'
import { signAccessToken } from '../../../server/security/access-token.ts'
import type { TestApp } from '../../support/app.ts'
import { type NamedIds, nobodysIds, openProcedures, procedureInputs } from '../../support/procedure-inputs.ts'
import { callRaw, type Procedure, procedures, type RawAnswer as Answer } from '../../support/procedures.ts'
import { hashRows } from '../kit/row-hashes.ts'
import { type CrossKeyFigures, crossKeys } from './cross-keys.ts'
import { walkTools } from './tools.ts'
import { newTwin } from './twin.ts'
import { live, newTenant, type Tenant } from './world.ts'

/** Who calls, and with what. */
const callers = [
  'own',
  'foreign id',
  'random id',
  'malformed',
  'no token',
  'expired token',
  'wrong token kind',
  'deleted user',
  'foreign id in a list',
] as const
type Caller = (typeof callers)[number]

export interface TenantFigures extends CrossKeyFigures {
  procedures: number
  cells: number
  /** The same of the tools of assistants. */
  toolCells: number
  /** Answers that told, did or gave away something of another owner, or let somebody in who is nobody. */
  leaks: number
}

interface Stage {
  readonly app: TestApp
  readonly alice: Tenant
  readonly bob: Tenant
  /** Whoever is not `alice`, as they show. */
  readonly foreign: readonly string[]
  readonly goneToken: string
}

/**
 * Every procedure of the router, called by everybody in turn: nothing of another owner may show, a foreign id must answer
 * like one that does not exist, and no row of the other may have changed in the end.
 */
export async function walkTenants(
  app: TestApp,
  /** What a test breaks before anybody calls. */
  tamper?: (alice: Tenant, bob: Tenant) => Promise<unknown>,
): Promise<{ figures: TenantFigures; problems: string[] }> {
  const [alice, bob, carol] = [await newTenant(app), await newTenant(app), await newTenant(app)]
  await app.drain()
  await tamper?.(alice, bob)
  const twin = await newTwin(app.db, alice.owner.userId, alice.canaries[0])
  const { token: goneToken } = await carol.newSession()
  await app.db.deleteFrom('users').where('id', '=', carol.owner.userId).execute()
  const stage: Stage = {
    app,
    alice,
    bob,
    foreign: [...bob.canaries, ...carol.canaries, twin.userId, twin.word],
    goneToken,
  }
  const problems = procedures
    .filter(({ name }) => !(name in procedureInputs))
    .map(({ name }) => `${name} has no input here`)
  const keys = await crossKeys(app.db, alice.owner.userId, bob.owner.userId)
  problems.push(...keys.problems)
  const others = [
    { name: 'the other owner', userId: bob.owner.userId },
    { name: 'the twin with the same ids', userId: twin.userId },
  ]
  const before = await Promise.all(others.map(({ userId }) => hashRows(app.db, userId)))

  const known = procedures.filter(({ name }) => name in procedureInputs)
  let cells = 0
  const play = async (procedure: Procedure, caller: Caller) => {
    cells++
    const found = await playCell(stage, procedure, caller)
    problems.push(...found.map((problem) => `${procedure.name}, ${caller}: ${problem}`))
  }
  for (const caller of callers) {
    // What the owner does themselves comes last: it uses up what the others ask for.
    if (caller === 'own') continue
    for (const procedure of known) await play(procedure, caller)
  }
  const asked = await walkTools(app, stage)
  problems.push(...asked.problems)
  await live(app, alice)
  for (const procedure of inOrder(known)) await play(procedure, 'own')
  await app.drain()

  for (const [index, { name, userId }] of others.entries()) {
    for (const [table, hash] of Object.entries(await hashRows(app.db, userId))) {
      if (hash !== before[index]?.[table]) problems.push(`rows of ${table} changed that belong to ${name}`)
    }
  }
  const leaks = problems.length - keys.problems.length
  return { figures: { procedures: procedures.length, cells, toolCells: asked.cells, leaks, ...keys.figures }, problems }
}

/** Reads before writes, and what takes away at the very end. */
function inOrder(list: readonly Procedure[]): Procedure[] {
  const place = ({ name, type }: Procedure) => {
    if (name === 'auth.deleteAccount') return 3
    if (/delete|disconnect|logoutEverywhere|changePassword/.test(name)) return 2
    return type === 'query' ? 0 : 1
  }
  return list.toSorted((one, other) => place(one) - place(other))
}

async function playCell(stage: Stage, procedure: Procedure, caller: Caller): Promise<string[]> {
  const { app, alice, bob, foreign } = stage
  const call = (input: unknown, token?: string) => callRaw(app, procedure, input, token)
  const inputOf = (ids: NamedIds) => procedureInputs[procedure.name]?.(ids)
  // The password is what alice herself would be asked for.
  const bobsIds = { ...bob.ids, password: nobodysIds(app.clock.now()).password }
  const token = async () => (await alice.newSession()).token
  const isOpen = openProcedures.includes(procedure.name)
  const answer = await (async (): Promise<Answer> => {
    switch (caller) {
      case 'own':
        return call(inputOf(await alice.whatIsLeft()), await token())
      case 'foreign id':
        return call(inputOf(bobsIds), await token())
      case 'random id':
        return call(inputOf(nobodysIds(app.clock.now())), await token())
      case 'malformed':
        return call(malformed(inputOf(nobodysIds(app.clock.now())), bob), await token())
      case 'no token':
        return call(inputOf(alice.ids))
      case 'expired token':
        return call(inputOf(alice.ids), expiredToken(stage))
      case 'wrong token kind':
        return call(inputOf(alice.ids), alice.owner.refreshToken)
      case 'deleted user':
        return call(inputOf(bob.ids), stage.goneToken)
      case 'foreign id in a list':
        return call(inList(inputOf(bobsIds), nobodysIds(app.clock.now())), await token())
    }
  })()

  const problems = foreign
    .filter((canary) => answer.text.includes(canary) && !isAskedFor(canary, caller, bob))
    .map((canary) => `${canary} shows in ${answer.text.slice(0, 300)}`)
  if (answer.status >= 500) problems.push(`it stumbles: ${answer.text.slice(0, 300)}`)
  const wrong = (expected: string) =>
    problems.push(`${expected}, not ${answer.status} ${answer.data?.reason ?? 'answered'}`)
  const namesIds = !isDeepStrictEqual(inputOf(alice.ids), inputOf(bob.ids))
  switch (caller) {
    case 'own':
      if (!isOpen && [401, 403, 404].includes(answer.status)) wrong('what is one’s own is there')
      break
    case 'foreign id': {
      if (!namesIds || isPlace(procedure)) break
      const random = await call(inputOf(nobodysIds(app.clock.now())), await token())
      if (told(random) !== told(answer))
        wrong(`a foreign id is answered like none (${random.status} ${random.data?.reason})`)
      break
    }
    case 'random id':
      if (namesIds && answer.status !== 404 && !isEmpty(answer) && !isSilent(procedure))
        wrong('nobody’s id is not found')
      break
    case 'malformed':
    case 'foreign id in a list':
      if (answer.status < 400 && !isAnItemEach(procedure)) wrong('it is refused')
      break
    case 'no token':
    case 'expired token':
    case 'wrong token kind':
      if (!isOpen && answer.status !== 401) wrong('it asks for an access token')
      break
    case 'deleted user':
      if (!isOpen && procedure.type !== 'query' && answer.status !== 401) wrong('nobody may change anything')
      break
  }
  return problems
}

/** An id that stood in the question tells nothing when it stands in the answer too. */
function isAskedFor(canary: string, caller: Caller, bob: Tenant): boolean {
  const asks = caller === 'foreign id' || caller === 'foreign id in a list' || caller === 'deleted user'
  return asks && Object.values(bob.ids).includes(canary)
}

/** Bulk calls and batches answer an outcome for each item. */
function isAnItemEach({ name }: Procedure): boolean {
  return name.includes('.bulk') || name === 'batches.classify' || name === 'batches.process'
}

/** Whatever id it is given is a place among the owner's own rows: what comes after it is told, and it is asked after nothing. */
function isPlace({ name }: Procedure): boolean {
  return name === 'notifications.stream'
}

/** Says nothing of ids that are not there. */
function isSilent({ name }: Procedure): boolean {
  return name === 'notifications.markRead'
}

/** The answer without what differs from one call to the next. */
function told({ status, text }: Answer): string {
  const id = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g
  const instant = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g
  return `${status} ${text.replaceAll(id, 'id').replaceAll(instant, 'instant')}`
}

function isEmpty({ text }: Answer): boolean {
  return /"items":\[\]|NOT_FOUND/.test(text) || (text.startsWith('event: connected') && !/^id: /m.test(text))
}

/** Every id is what nobody would call one; where there is none, another owner's is put in as a key of its own. */
function malformed(input: object | undefined, bob: Tenant): object {
  if (!input) return { userId: bob.owner.userId }
  const entries = Object.entries(input).map(([key, value]) => [
    key,
    /Id$|^id$/.test(key) ? `' or '1'='1` : (value as unknown),
  ])
  return { ...Object.fromEntries(entries), userId: bob.owner.userId }
}

/** A list that holds another owner's id and nobody's: of items where the procedure takes them, else in place of the id. */
function inList(input: object | undefined, random: NamedIds): unknown {
  if (!input) return [{}]
  const extra: Record<string, unknown[]> = {
    drafts: [{ draftId: random.draftId, version: 1 }],
    emailIds: [random.emailId],
  }
  const entries = Object.entries(input).map(([key, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [key, [...(value as unknown[]), ...(extra[key] ?? [])]]
    return [key, /Id$|^id$/.test(key) ? [value, random.draftId] : value]
  })
  const isChanged = !isDeepStrictEqual(Object.fromEntries(entries), input)
  return isChanged ? Object.fromEntries(entries) : [input]
}

function expiredToken({ app, alice }: Stage): string {
  const { jwt } = app.ctx.config
  const longAgo = new Date(app.clock.now().getTime() - 2_000 * jwt.expirationSeconds)
  return signAccessToken(jwt, alice.owner, longAgo)
}
