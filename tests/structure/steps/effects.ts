import type { Node } from 'typescript/unstable/ast'
import {
  isInterfaceDeclaration,
  isMethodSignatureDeclaration,
  isPropertyAccessExpression,
} from 'typescript/unstable/ast/is'
import { type Declaration, nodesOf, type Program } from './program.ts'
import { findLooseWrites } from './writes.ts'

/** Something that outlives a dead process: a call to the outside world, a transaction, a write outside of one. */
export interface Effect {
  readonly node: Node
  /** `Mailbox.profile`, `transaction`, `updateTable`, or the function that writes. */
  readonly what: string
}

/** Methods of a port (`Interface.method`), or whole interfaces, that are no effects of their own, and why. */
export type Inward = Readonly<Record<string, string>>

/** Every effect in these trees. */
export function findEffects(program: Program, trees: readonly Node[], inward: Inward): Effect[] {
  const nodes = trees.flatMap((tree) => [...nodesOf(tree)])
  return [...portUses(program, nodes, inward), ...transactions(program, nodes), ...findLooseWrites(program, nodes)]
}

/** Calls of ports; also a method that is only named: handed on, it would be called elsewhere, under no name. */
function portUses(program: Program, nodes: readonly Node[], inward: Inward): Effect[] {
  const methods = program.filesBelow('server/ports.ts').flatMap((file) => [...nodesOf(file)].flatMap(nameOfMethod))
  const names = new Set(methods)
  const accesses = nodes.filter(isPropertyAccessExpression).filter(({ name }) => names.has(name.getText()))
  const declarations = program.declarationsOf(accesses.map(({ name }) => name))
  return accesses.flatMap((node) => {
    const port = portMethod(declarations.get(node.name))
    const isInward = port === undefined || port.method in inward || port.owner in inward
    return isInward ? [] : [{ node, what: port.method }]
  })
}

function nameOfMethod(node: Node): string[] {
  return isMethodSignatureDeclaration(node) ? [node.name.getText()] : []
}

function portMethod(declaration: Declaration | undefined): { owner: string; method: string } | undefined {
  if (declaration?.path !== 'server/ports.ts') return undefined
  const member = declaration.node()
  if (!member || !isMethodSignatureDeclaration(member) || !isInterfaceDeclaration(member.parent)) return undefined
  const owner = member.parent.name.getText()
  return { owner, method: `${owner}.${member.name.getText()}` }
}

function transactions(program: Program, nodes: readonly Node[]): Effect[] {
  const accesses = nodes
    .filter(isPropertyAccessExpression)
    .filter(({ name }) => /^(transaction|startTransaction|connection)$/.test(name.getText()))
  const declarations = program.declarationsOf(accesses.map(({ name }) => name))
  return accesses
    .filter(({ name }) => declarations.get(name)?.path.includes('node_modules/kysely/'))
    .map((node) => ({ node, what: 'transaction' }))
}
