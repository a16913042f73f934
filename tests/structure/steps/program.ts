import { join, relative } from 'node:path'
import type { Node, SourceFile } from 'typescript/unstable/ast'
import { isImportSpecifier } from 'typescript/unstable/ast/is'
import { API, type Checker, type NodeHandle, type Symbol as Declared } from 'typescript/unstable/sync'

export const root = join(import.meta.dirname, '../../..')

/** The project as the compiler sees it: syntax trees and types. */
export interface Program extends Disposable {
  readonly checker: Checker
  /** Source files below a folder of the project. */
  filesBelow(folder: string): SourceFile[]
  /** Where each name was declared, imports followed. All are asked at once, since a question is a round trip. */
  declarationsOf(names: readonly Node[]): Map<Node, Declaration>
}

export interface Declaration {
  /** Below the project's folder. */
  readonly path: string
  /** Its syntax; costs the reading of its file. */
  node(): Node | undefined
}

/** Through the compiler's own interface, which is marked unstable: typescript is pinned exactly. */
export function openProgram(): Program {
  const api = new API({ cwd: root })
  const config = join(root, 'tsconfig.json')
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
  if (!project) throw new Error('the compiler did not open tsconfig.json')
  const { program, checker } = project

  const isOurs = (handle: NodeHandle) => handle.path.startsWith(`${root}/`) && !handle.path.includes('/node_modules/')
  const declarationOf = (symbol: Declared | undefined): Declaration | undefined => {
    const [handle] = symbol?.declarations ?? []
    if (!symbol || !handle) return undefined
    const node = isOurs(handle) ? handle.resolve(project) : undefined
    if (node && isImportSpecifier(node)) return declarationOf(checker.getAliasedSymbol(symbol))
    return { path: relative(root, handle.path), node: () => node ?? handle.resolve(project) }
  }
  return {
    checker,
    filesBelow: (folder) =>
      program
        .getSourceFileNames()
        .filter((name) => name.startsWith(join(root, folder)))
        .map((name) => program.getSourceFile(name))
        .filter((file) => file !== undefined),
    declarationsOf(names) {
      const symbols = checker.getSymbolAtLocation(names)
      const found = names.map((name, index) => [name, declarationOf(symbols[index])] as const)
      return new Map(found.filter((entry): entry is [Node, Declaration] => entry[1] !== undefined))
    },
    [Symbol.dispose]: () => api.close(),
  }
}

/** Where a person finds it: `server/services/sending/work-on-send.ts:42`. */
export function placeOf(node: Node): string {
  const file = node.getSourceFile()
  const line = file.text.slice(0, node.getStart(file)).split('\n').length
  return `${relative(root, file.fileName)}:${line}`
}

/** All nodes of a tree, parents first. */
export function* nodesOf(tree: Node): Generator<Node> {
  yield tree
  const children: Node[] = []
  tree.forEachChild((child) => void children.push(child))
  for (const child of children) yield* nodesOf(child)
}

/** The nodes around this one, the nearest first. */
export function* ancestorsOf(node: Node): Generator<Node> {
  for (let above: Node | undefined = node.parent; above; above = above.parent as Node | undefined) yield above
}
