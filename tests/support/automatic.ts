import type { Config } from '../../server/config.ts'
import type { UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp, type TestApp } from './app.ts'
import { type Inbox, openInbox } from './connected-inbox.ts'
import { createScriptedModel } from './scripted-model.ts'

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

/** An inbox whose owner lets routine replies go out after half a minute, and has written to Ada twice before. */
export async function openAutomatic(app: TestApp, settings: UpdateSettingsInput = {}): Promise<Inbox> {
  const inbox = await openInbox(app, { autonomy: 'auto', undoWindowSeconds: 30, ...settings })
  const dayMs = 86_400_000
  for (const days of [3, 2]) {
    const at = new Date(app.clock.now().getTime() - days * dayMs)
    await app.deliver(inbox.owner, { direction: 'out', subject: `Earlier ${days}`, at })
  }
  await inbox.sync()
  return inbox
}
