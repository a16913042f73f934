import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import type { Circuit } from '../../../../server/ports.ts'
import { createTestApp } from '../../../support/app.ts'
import { openAutomatic } from '../../../support/automatic.ts'
import { startModelServer } from '../../../support/model-server.ts'
import { type Scene, setScene } from '../scene.ts'
import { callsOn, type ModelCalls, modelThat } from './model-calls.ts'
import type { Wire } from './wire.ts'

/** The product on a model that misbehaves on demand. */
export interface ModelStage extends AsyncDisposable {
  readonly wire: Wire
  readonly calls: ModelCalls
  readonly server: Awaited<ReturnType<typeof startModelServer>>
  /** A reviewed mail and its draft from better days, and a new mail that lies in Gmail. */
  readonly scene: Scene
  /** Adapters whose requests may take so long. */
  adapters(deadlineMs: number, circuit: Circuit): ReturnType<Wire['adapters']>
}

export const oldSubject = 'Written on a good day'
export const newSubject = 'The camshaft of the mill'

export async function openModelStage(wire: Wire, database?: DatabaseConfig): Promise<ModelStage> {
  await using stack = new AsyncDisposableStack()
  const calls = callsOn(wire)
  const server = stack.use(await startModelServer(modelThat(calls)))
  const model = wire.config(server.baseUrl)
  const app = stack.use(
    await createTestApp({ config: { model, autoSendEnabled: true, ...(database ? { database } : {}) } }),
  )
  const scene = await setScene(app, `model_${wire.vendor}`, async () => {
    const inbox = await openAutomatic(app, { autonomy: 'ask', undoWindowSeconds: 0 })
    await inbox.newDraft({ subject: oldSubject })
    await app.deliver(inbox.owner, { subject: newSubject, text: 'May I see a drawing of the camshaft?' })
    return inbox
  })
  const owned = stack.move()
  return {
    wire,
    calls,
    server,
    scene,
    adapters: (deadlineMs, circuit) => wire.adapters(server.baseUrl, deadlineMs, circuit),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
