import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { createTestApp } from '../../support/app.ts'
import { gmailCells, playGmailCell } from './gmail/cell.ts'
import type { SpoilGmail } from './gmail/gmail-trial.ts'
import { Scenes } from './gmail/scenes.ts'
import { type ModelCell, modelCells, playModelCell, type SpoilModel } from './model/cell.ts'
import { geminiWire } from './model/gemini-wire.ts'
import { type ModelStage, openModelStage } from './model/model-stage.ts'
import { openaiWire } from './model/openai-wire.ts'

export const cellNames: readonly string[] = [...gmailCells, ...modelCells].map(({ name }) => name)

/** `gmail:messages.get`, or `openai:classify`: its cells share what is prepared for them. */
export function groupOf(cellName: string): string {
  return cellName.slice(0, cellName.lastIndexOf(':'))
}

/** Something broken in place of the product's own adapters, to see that it is noticed. */
export interface Spoils {
  readonly gmail?: SpoilGmail
  readonly model?: SpoilModel
}

/** Plays cells one after the other; what they need is made when the first one needs it. */
export class Machine implements AsyncDisposable {
  private readonly stack = new AsyncDisposableStack()
  private readonly database: DatabaseConfig | undefined
  private scenes: Promise<Scenes> | undefined
  private readonly modelStages: { [vendor in ModelCell['vendor']]?: Promise<ModelStage> } = {}

  /** Both products have a database of their own: an embedded one of this kind, or that of a test file. */
  constructor(database?: DatabaseConfig) {
    this.database = database
  }

  /** What was wrong; nothing when the cell has passed. A failure of the machine itself is told in the same way. */
  async play(name: string, spoils: Spoils = {}): Promise<string[]> {
    try {
      return await this.playCell(name, spoils)
    } catch (error) {
      return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync()
  }

  private async playCell(name: string, { gmail, model }: Spoils): Promise<string[]> {
    const gmailCell = gmailCells.find((cell) => cell.name === name)
    if (gmailCell) return playGmailCell(await (this.scenes ??= this.openScenes()), gmailCell, gmail)
    const modelCell = modelCells.find((cell) => cell.name === name)
    if (modelCell) return playModelCell(await this.modelStage(modelCell), modelCell, model)
    throw new Error(`there is no cell ${name}`)
  }

  private async openScenes(): Promise<Scenes> {
    const config = this.database ? { database: this.database } : {}
    return new Scenes(this.stack.use(await createTestApp({ config })))
  }

  private modelStage({ vendor }: ModelCell): Promise<ModelStage> {
    return (this.modelStages[vendor] ??= this.openModel(vendor))
  }

  private async openModel(vendor: ModelCell['vendor']): Promise<ModelStage> {
    return this.stack.use(await openModelStage({ gemini: geminiWire, openai: openaiWire }[vendor], this.database))
  }
}
