import { unsupportedDetails } from '../../../../server/agent/unsupported-details.ts'
import type { ModelRequest } from '../../../../server/model-question.ts'
import type { ScriptedModel } from '../../../support/scripted-model.ts'
import { aboutMeeting, asksNothing, isOurs, sheetOf } from './subjects.ts'

const windowLength = 1_200
const longestBody = 20_000
const longestAsk = 500
const mostAsks = 8

/**
 * The model says back what it was told, as much as its answer may hold: of a reply one window, which moves on over the
 * whole prompt from sheet to sheet, and now and then all of it. It never doubts, never asks, and picks every look-up.
 */
export function echoAll(model: ScriptedModel): void {
  model.always('classify', (usual, request) => {
    const { subject } = request.facts.mail
    const told = toldIn(request)
    const from = sheetOf(subject) * longestAsk * mostAsks
    const asks = Array.from({ length: mostAsks }, (_, index) => windowAt(told, from + index * longestAsk, longestAsk))
    const needsReply = !asksNothing(subject)
    const intent = !isOurs(subject) ? 'other' : aboutMeeting(subject) ? 'meeting_request' : 'inquiry'
    return {
      ...usual,
      intent,
      language: 'en',
      needsReply,
      confidence: 0.95,
      reason: asks[0],
      asks: asks.map((text) => ({ text, due: text })),
    }
  })
  model.always('decide', (usual, { facts }) => {
    return { ...usual, tools: facts.task === 'decide' ? facts.tools.map(({ name }) => name) : [] }
  })
  model.always('generate', (usual, request) => {
    const { facts } = request
    const sources = facts.task === 'generate' ? facts.context.map(({ id }) => id).slice(0, 50) : []
    const body = bodyOf(request)
    return { ...usual, body, citations: [{ quote: body, sources }], openQuestions: [], confidence: 0.95 }
  })
  model.always('verify', (usual, request) => ({ ...usual, verdict: 'send', reason: toldIn(request).slice(0, 300) }))
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** All that a model reads. Ids are random: where a window cuts one, two equal prompts would be said back differently. */
function toldIn({ system, prompt }: ModelRequest): string {
  return `${system}\n${prompt}`.replaceAll(uuid, 'id')
}

/** The instructions, which are no tenant's, stand in the whole alone: their words about prices keep a reply from going out. */
function bodyOf(request: ModelRequest): string {
  const data = request.prompt.replaceAll(uuid, 'id')
  const windows = Math.ceil(data.length / windowLength)
  const sheet = turnOf(request.facts.mail.subject) % (windows + 1)
  if (sheet === windows) return toldIn(request).slice(0, longestBody)
  return withoutDetails(windowAt(data, sheet * windowLength, windowLength))
}

/** The next window with each sheet, and for each of an owner's people another one: what is told grows from sheet to sheet. */
function turnOf(subject: string): number {
  const [, person = 0] = /x(\d+), sheet /.exec(subject) ?? []
  return sheetOf(subject) + Number(person)
}

/** Numbers, days and addresses would keep the rest from going out: a clever echo leaves them out. */
function withoutDetails(text: string): string {
  const kept = text.split(/\s+/).filter((word) => unsupportedDetails(word, []).length === 0)
  return kept.join(' ') || 'nothing'
}

/** From this place on, from the beginning again behind the end; never blank. */
function windowAt(text: string, from: number, length: number): string {
  const start = from % text.length
  return text.slice(start, start + length).trim() || 'nothing'
}
