import type { TestApp } from '../../../support/app.ts'
import { type Scene, setScene } from '../scene.ts'
import { type Workflow, type WorkflowName, workflows } from './workflows.ts'

export interface GmailScene extends Scene {
  readonly workflow: Workflow
}

/** One a workflow, set when it is asked for first. */
export class Scenes {
  private readonly app: TestApp
  private readonly scenes = new Map<WorkflowName, Promise<GmailScene>>()

  constructor(app: TestApp) {
    this.app = app
  }

  get(name: WorkflowName): Promise<GmailScene> {
    const scene = this.scenes.get(name) ?? this.set(name)
    this.scenes.set(name, scene)
    return scene
  }

  private async set(name: WorkflowName): Promise<GmailScene> {
    const workflow: Workflow = workflows[name]
    return { ...(await setScene(this.app, name, workflow.prepare)), workflow }
  }
}
