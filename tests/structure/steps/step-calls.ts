import type { CallExpression, Expression, Node } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  isTemplateExpression,
} from 'typescript/unstable/ast/is'
import { ancestorsOf, nodesOf, type Program } from './program.ts'

/** One call of `step`, or of `inTransaction`, which is an effect by itself. */
export interface StepCall {
  readonly node: CallExpression
  readonly name: Expression | undefined
  readonly effect: Expression | undefined
  readonly isTransaction: boolean
  /** Every name it can have; undefined when the names are no closed set. */
  readonly names: readonly string[] | undefined
}

export function findStepCalls(program: Program, trees: readonly Node[]): StepCall[] {
  const calls = trees
    .flatMap((tree) => [...nodesOf(tree)])
    .filter(isCallExpression)
    .filter(({ expression }) => isIdentifier(expression) && /^(step|inTransaction)$/.test(expression.getText()))
  const declarations = program.declarationsOf(calls.map(({ expression }) => expression))
  return calls
    .filter(({ expression }) => declarations.get(expression)?.path === 'server/step.ts')
    .map((node) => {
      const isTransaction = node.expression.getText() === 'inTransaction'
      const [name, effect] = isTransaction ? node.arguments.slice(1) : node.arguments
      return { node, name, effect, isTransaction, names: name && namesIn(program, name) }
    })
}

/** The step whose effect this is, or stands in. */
export function stepAround(node: Node, calls: readonly StepCall[]): StepCall | undefined {
  const around = new Set([node, ...ancestorsOf(node)])
  return calls.findLast(({ effect }) => effect && around.has(effect))
}

/** What a name can be: a literal, a template over closed sets, or an expression whose type is a union of literals. */
function namesIn(program: Program, name: Expression): string[] | undefined {
  if (isStringLiteral(name) || isNoSubstitutionTemplateLiteral(name)) return [name.text]
  if (isTemplateExpression(name)) {
    let names: string[] | undefined = [name.head.text]
    for (const { expression, literal } of name.templateSpans) {
      const inserted = namesIn(program, expression)
      names = inserted && names?.flatMap((start) => inserted.map((part) => `${start}${part}${literal.text}`))
    }
    return names
  }
  if (isCallExpression(name) && isPropertyAccessExpression(name.expression)) {
    const { expression, name: method } = name.expression
    if (method.getText() === 'toLowerCase') return namesIn(program, expression)?.map((text) => text.toLowerCase())
  }
  return literalsOf(program, name)
}

function literalsOf({ checker }: Program, expression: Expression): string[] | undefined {
  const type = checker.getTypeAtLocation(expression)
  const members = type?.isUnionType() ? (type.getTypes() ?? []) : type ? [type] : []
  const literals = members.flatMap((member) => (member.isStringLiteralType() ? [member.value] : []))
  return literals.length > 0 && literals.length === members.length ? literals : undefined
}
