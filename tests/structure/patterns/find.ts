import { once } from 'node:events'
import { relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Node, SourceFile } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isFunctionLikeDeclaration,
  isIdentifier,
  isNewExpression,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
} from 'typescript/unstable/ast/is'
import { ancestorsOf, nodesOf, placeOf, root } from '../steps/program.ts'
import type { Recorded } from './record.ts'

/** A regular expression as it stands in the source, or as it is made when its module is loaded. */
export interface Pattern {
  /** `server/mail/fields.ts /\s+/g`: without its line, which moves. */
  readonly name: string
  readonly place: string
  readonly expression: RegExp
}

export function findPatterns(files: readonly SourceFile[]): Pattern[] {
  return files
    .flatMap((file) => [...nodesOf(file)])
    .filter(isRegularExpressionLiteral)
    .map((node) => {
      const text = node.getText()
      const end = text.lastIndexOf('/')
      const call = node.parent
      const isSplit =
        isCallExpression(call) &&
        isPropertyAccessExpression(call.expression) &&
        call.expression.name.getText() === 'split'
      const flags = text.slice(end + 1)
      const place = placeOf(node)
      return {
        name: `${place.replace(/:\d+$/, '')} ${text}`,
        place,
        // Splitting looks for every match, whatever the flags say.
        expression: new RegExp(text.slice(1, end), isSplit && !flags.includes('g') ? `${flags}g` : flags),
      }
    })
}

/**
 * What `new RegExp(…)` and `RegExp(…)` make of constants, known by loading the modules; and the places of those that
 * are made later, or again and again, of what nobody knows beforehand.
 */
export async function findMade(files: readonly SourceFile[]): Promise<{ patterns: Pattern[]; later: string[] }> {
  const calls = files.flatMap((file) => [...nodesOf(file)]).filter(makesPattern)
  const recorded = await recordedOf([...new Set(calls.map((call) => call.getSourceFile().fileName))])
  const patterns: Pattern[] = []
  const later: string[] = []
  for (const call of calls) {
    const position = positionOf(call)
    const made = isInFunction(call) ? [] : recorded.filter((record) => record.position === position)
    if (made.length === 0) later.push(`${relative(root, call.getSourceFile().fileName)} ${call.getText()}`)
    for (const { source, flags } of made) {
      const expression = new RegExp(source, flags)
      const place = placeOf(call)
      patterns.push({ name: `${place.replace(/:\d+$/, '')} ${String(expression)}`, place, expression })
    }
  }
  return { patterns, later }
}

function makesPattern(node: Node): boolean {
  if (!isCallExpression(node) && !isNewExpression(node)) return false
  const { expression } = node
  const name = isPropertyAccessExpression(expression) ? expression.name : expression
  return isIdentifier(name) && name.text === 'RegExp'
}

/** Of a function that is not just handed to a call, as to `map`, nobody knows what it is called with. */
function isInFunction(node: Node): boolean {
  return [...ancestorsOf(node)].some((above) => isFunctionLikeDeclaration(above) && !isCallExpression(above.parent))
}

/** In a thread of its own, whose `RegExp` tells on everybody who calls it. */
async function recordedOf(files: readonly string[]): Promise<readonly Recorded[]> {
  const worker = new Worker(new URL('./record.ts', import.meta.url), { workerData: files })
  const [recorded] = (await once(worker, 'message')) as [readonly Recorded[]]
  await worker.terminate()
  return recorded
}

/** As a stack tells it. */
function positionOf(node: Node): string {
  const { text, fileName } = node.getSourceFile()
  const lines = text.slice(0, node.getStart()).split('\n')
  return `${fileName}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`
}
