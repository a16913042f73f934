import {
  type BinaryOperationNode,
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  ReferenceNode,
  type RootOperationNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
} from 'kysely'
import type { DB } from '../../server/db/engine/schema.ts'

/**
 * The product without one of its guards: every comparison of the column in an update of its table is true. A proof that
 * does not fail on `db.withPlugin(new Unguarded(table, column))` does not look at that guard. Raw SQL is left as it is.
 */
export class Unguarded<T extends keyof DB> implements KyselyPlugin {
  readonly #transformer: WithoutComparisons

  constructor(table: T, column: keyof DB[T] & string) {
    this.#transformer = new WithoutComparisons(snakeCase(table), snakeCase(column))
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return UpdateQueryNode.is(node) ? this.#transformer.transformNode(node, queryId) : node
  }

  transformResult({ result }: PluginTransformResultArgs) {
    return Promise.resolve(result)
  }
}

/** `withPlugin` puts the plugin behind the one that gives names the form they have in SQL. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

class WithoutComparisons extends OperationNodeTransformer {
  readonly #table: string
  readonly #column: string

  constructor(table: string, column: string) {
    super()
    this.#table = table
    this.#column = column
  }

  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const isGuard = this.#isOurs(node.leftOperand) || this.#isOurs(node.rightOperand)
    // As the node's type has it: the compiler takes any node here.
    if (isGuard) return ValueNode.createImmediate(true) as OperationNode as BinaryOperationNode
    return super.transformBinaryOperation(node)
  }

  /** A name without its table means the table of the innermost query. */
  #isOurs(operand: OperationNode): boolean {
    if (!ReferenceNode.is(operand) || operand.column.kind !== 'ColumnNode') return false
    if (operand.column.column.name !== this.#column) return false
    const update = this.nodeStack.find(UpdateQueryNode.is)
    if (!update?.table || !isTable(update.table, this.#table)) return false
    return operand.table ? isTable(operand.table, this.#table) : !this.nodeStack.some(isSubquery)
  }
}

function isTable(node: OperationNode, name: string): boolean {
  return TableNode.is(node) && node.table.identifier.name === name
}

function isSubquery({ kind }: OperationNode): boolean {
  return kind === 'SelectQueryNode'
}
