import { randomUUID } from 'node:crypto'
import { agentVersion } from '../../server/agent/prompts.ts'
import type { Config } from '../../server/config.ts'
import type { UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp, type TestApp } from './app.ts'
import { type Inbox, openInbox } from './connected-inbox.ts'
import { createScriptedModel } from './scripted-model.ts'
import { defaultSettings } from './settings.ts'

export const automaticReply = 'Dear Ada,\n\ngladly.\n\nMara'

/** The product with an operator who allows automatic sending, and a model that is sure of itself and writes `body`. */
export async function createAutomaticApp(
  config: Partial<Config> = {},
  body = automaticReply,
  model = createScriptedModel(),
): Promise<TestApp> {
  model.always('classify', (usual) => ({ ...usual, intent: 'inquiry', needsReply: true, confidence: 0.95 }))
  model.always('generate', (usual) => ({ ...usual, body, openQuestions: [], confidence: 0.95 }))
  return createTestApp({ ports: model.ports, config: { autoSendEnabled: true, ...config } })
}

/** An inbox whose owner lets routine replies go out after half a minute, has written to Ada twice, and trusts the agent with all. */
export async function openAutomatic(
  app: TestApp,
  settings: UpdateSettingsInput = {},
  { isTrusted = true } = {},
): Promise<Inbox> {
  const inbox = await openInbox(app, { autonomy: 'auto', freeTextReplies: true, undoWindowSeconds: 30, ...settings })
  const dayMs = 86_400_000
  for (const days of [3, 2]) {
    const at = new Date(app.clock.now().getTime() - days * dayMs)
    await app.deliver(inbox.owner, { direction: 'out', subject: `Earlier ${days}`, at })
  }
  await inbox.sync()
  if (isTrusted) await earnTrust(app, inbox)
  return inbox
}

/** As if the owner had approved as many drafts unchanged as a new owner must: to these people, of these intents. */
export async function earnTrust(
  { db, ctx, clock }: TestApp,
  { userId, mailboxId }: Pick<Inbox, 'userId' | 'mailboxId'>,
  people: readonly string[] = ['ada@engine.example'],
  intents: readonly string[] = defaultSettings.allowedIntents,
): Promise<void> {
  // After what was taken back in this very millisecond.
  const decidedAt = new Date(clock.now().getTime() + 1).toISOString()
  const decision = { userId, mailboxId, outcome: 'approved', agentVersion: agentVersion(ctx.model), decidedAt } as const
  const subjects = [
    ...intents.map((subject) => ({ kind: 'intent', subject }) as const),
    ...people.map((subject) => ({ kind: 'correspondent', subject }) as const),
  ]
  const rows = Array.from({ length: defaultSettings.trustApprovals }, () =>
    subjects.map((subject) => ({ ...decision, ...subject, draftId: randomUUID() })),
  )
  await db.insertInto('trustDecisions').values(rows.flat()).execute()
}
