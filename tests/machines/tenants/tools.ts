import { tools } from '../../../server/mcp/tools.ts'
import type { TestApp } from '../../support/app.ts'
import { connectMcp, use } from '../../support/mcp.ts'
import { type NamedIds, nobodysIds, procedureInputs } from '../../support/procedure-inputs.ts'
import type { Tenant } from './world.ts'

const callers = ['own', 'foreign id', 'random id'] as const

/**
 * Every tool an assistant may use, called by one owner's program with that owner's ids, another's and nobody's: a foreign
 * id is answered like none, and no word of anybody else shows.
 */
export async function walkTools(
  app: TestApp,
  { alice, bob, foreign }: { alice: Tenant; bob: Tenant; foreign: readonly string[] },
): Promise<{ cells: number; problems: string[] }> {
  const session = await alice.newSession()
  const caller = { userId: alice.owner.userId, sessionId: session.sessionId }
  const scopes = ['draft' as const]
  const { token } = await app.as(caller).auth.createToken({ name: 'Assistant', expiresInDays: 1, scopes })
  await using client = await connectMcp(app, token)
  const { tools: listed } = await client.listTools()
  const problems = tools
    .filter(({ name }) => !listed.some((tool) => tool.name === name))
    .map(({ name }) => `${name} is not offered`)

  let cells = 0
  for (const { name, procedure } of tools) {
    const known = Object.keys(listed.find((tool) => tool.name === name)?.inputSchema.properties ?? {})
    const ask = async (ids: NamedIds) => {
      await app.db.deleteFrom('rateLimits').execute()
      const input = Object.entries(procedureInputs[procedure]?.(ids) ?? {})
      return use(client, name, Object.fromEntries(input.filter(([key]) => known.includes(key))))
    }
    const answers = new Map<string, string>()
    for (const who of callers) {
      const ids = { own: alice.ids, 'foreign id': bob.ids, 'random id': nobodysIds(app.clock.now()) }[who]
      const told = await ask(ids)
      cells++
      const text = JSON.stringify(told)
      const shown = foreign.filter((word) => text.includes(word) && !Object.values(bob.ids).includes(word))
      problems.push(...shown.map((word) => `${name}, ${who}: ${word} shows in ${text.slice(0, 300)}`))
      const reason: unknown = told['error']?.reason
      answers.set(who, String(reason))
      if (reason === 'INTERNAL') problems.push(`${name}, ${who}: it stumbles`)
      if (who === 'own' && reason === 'NOT_FOUND') problems.push(`${name}: what is one’s own is there`)
    }
    if (answers.get('foreign id') !== answers.get('random id'))
      problems.push(`${name}: a foreign id is answered like none`)
  }
  return { cells, problems }
}
