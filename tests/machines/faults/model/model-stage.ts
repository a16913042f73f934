import { createGemini } from '../../../../server/adapters/gemini/gemini.ts'
import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import type { Circuits } from '../../../../server/ports.ts'
import { createTestApp } from '../../../support/app.ts'
import { openAutomatic } from '../../../support/automatic.ts'
import { startModelServer } from '../../../support/model-server.ts'
import { type Scene, setScene } from '../scene.ts'
import { geminiThat } from './model-calls.ts'

export type GeminiServer = Awaited<ReturnType<typeof startModelServer>>

/** The product on a Gemini that misbehaves on demand. */
export interface ModelStage extends AsyncDisposable {
  readonly gemini: GeminiServer
  /** A reviewed mail and its draft from better days, and a new mail that lies in Gmail. */
  readonly scene: Scene
  /** Adapters whose requests may take so long. */
  adapters(deadlineMs: number, circuit: Circuits['gemini']): ReturnType<typeof createGemini>
}

export const oldSubject = 'Written on a good day'
export const newSubject = 'The camshaft of the mill'

export async function openModelStage(database?: DatabaseConfig): Promise<ModelStage> {
  await using stack = new AsyncDisposableStack()
  const gemini = stack.use(await startModelServer(geminiThat()))
  const { baseUrl } = gemini
  const names = {
    model: 'gemini-3.5-flash-lite',
    classifyModel: 'gemini-3.5-flash-lite',
    embeddingModel: 'gemini-embedding-001',
  }
  const model = { provider: 'gemini', apiKey: 'a key of the tests', ...names, baseUrl } as const
  const app = stack.use(
    await createTestApp({ config: { model, autoSendEnabled: true, ...(database ? { database } : {}) } }),
  )
  const scene = await setScene(app, 'model', async () => {
    const inbox = await openAutomatic(app, { autonomy: 'ask', undoWindowSeconds: 0 })
    await inbox.newDraft({ subject: oldSubject })
    await app.deliver(inbox.owner, { subject: newSubject, text: 'May I see a drawing of the camshaft?' })
    return inbox
  })
  const owned = stack.move()
  return {
    gemini,
    scene,
    adapters: (deadlineMs, circuit) =>
      createGemini(model, { answerTimeoutMs: deadlineMs, embeddingTimeoutMs: deadlineMs, circuit }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
