import type { CallExpression, Expression, Node, ParameterDeclaration } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isFunctionDeclaration,
  isFunctionLikeDeclaration,
  isIdentifier,
  isPropertyAccessExpression,
  isTaggedTemplateExpression,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is'
import { ancestorsOf, type Declaration, nodesOf, type Program } from './program.ts'

const writingMethods = /^(insertInto|updateTable|deleteFrom|mergeInto|replaceInto)$/
const writingSql =
  /\b(insert into|update \S+ set|delete from|merge into|truncate|(create|alter|drop) (table|index|function))\b/i
const databaseType = /^(Kysely|Transaction)<DB>$/

/** A statement that changes rows, or a call of a function that does, and the database it is given. */
interface Write {
  readonly node: Node
  readonly database: Expression
  readonly what: string
}

/**
 * Writing statements that are no part of a transaction: those on a database that did not come in as a parameter. What
 * a function does with a database it is given is asked of its caller, through as many functions as there are.
 */
export function findLooseWrites(program: Program, nodes: readonly Node[]): Write[] {
  const all = new Set([...program.filesBelow('server').flatMap((file) => [...nodesOf(file)]), ...nodes])
  const calls = [...all].filter(isCallExpression)
  const declarations = program.declarationsOf(calls.map(({ expression }) => expression).filter(isIdentifier))
  const functionAt = (call: CallExpression) => functionOf(declarations.get(call.expression))

  const writes = [...all].flatMap(directWrite)
  const writers = new Map<Node, Set<number>>()
  // Every write found may make its function a writer, and a call of that function with a database a write.
  for (const { database } of writes) {
    const origin = parameterOf(database)
    if (!origin) continue
    const positions = writers.get(origin.owner) ?? new Set()
    if (positions.has(origin.position)) continue
    writers.set(origin.owner, positions.add(origin.position))
    for (const call of calls) {
      const given = functionAt(call) === origin.owner ? call.arguments[origin.position] : undefined
      if (given) writes.push({ node: call, database: startOf(given), what: call.expression.getText() })
    }
  }
  const wanted = new Set(nodes)
  return writes.filter(({ node, database }) => wanted.has(node) && !parameterOf(database))
}

function directWrite(node: Node): Write[] {
  if (isPropertyAccessExpression(node) && writingMethods.test(node.name.getText())) {
    return [{ node, database: startOf(node.expression), what: node.name.getText() }]
  }
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return []
  const { name, expression } = node.expression
  const [database] = node.arguments
  if (name.getText() !== 'execute' || !isTaggedTemplateExpression(expression) || !database) return []
  const statement = expression.template.getText()
  return writingSql.test(statement) ? [{ node, database: startOf(database), what: 'sql' }] : []
}

/** What a chain of calls begins with: `db` of `db.withoutPlugins().with(...)`. */
function startOf(chain: Expression): Expression {
  const isLink = isCallExpression(chain) && isPropertyAccessExpression(chain.expression)
  return isLink ? startOf(chain.expression.expression) : chain
}

/** The parameter this database came in by: a declared one, or that of a callback, which is given a transaction. */
function parameterOf(database: Expression): { owner: Node; position: number } | undefined {
  if (!isIdentifier(database)) return undefined
  for (const owner of ancestorsOf(database)) {
    if (!isFunctionLikeDeclaration(owner)) continue
    const position = owner.parameters.findIndex((parameter) => isNamed(parameter, database.getText()))
    if (position >= 0) return { owner, position }
  }
  return undefined
}

function isNamed({ name, type }: ParameterDeclaration, text: string): boolean {
  return isIdentifier(name) && name.getText() === text && (!type || databaseType.test(type.getText()))
}

function functionOf(declaration: Declaration | undefined): Node | undefined {
  if (!declaration?.path.startsWith('server/') && !declaration?.path.startsWith('tests/')) return undefined
  const node = declaration.node()
  if (node && isVariableDeclaration(node)) return node.initializer
  return node && isFunctionDeclaration(node) ? node : undefined
}
