import type { ReliabilityBin } from '../../server/agent/calibration.ts'
import type { Figures } from './scorecard.ts'

/** What one model came to, a part of the data at a time. */
export interface Report {
  readonly model: string
  readonly figures: Readonly<Record<string, Figures>>
  /** How often a confidence in the intent was right, of the held-out cases. */
  readonly reliability?: readonly ReliabilityBin[]
}

/** A row a figure, a column a part. */
export function tableOf({ model, figures }: Report): string {
  const parts = Object.keys(figures)
  const names = [...new Set(parts.flatMap((part) => Object.keys(figures[part] ?? {})))]
  const rows = names.map((name) => [name, ...parts.map((part) => inWords(figures[part]?.[name]))])
  const lines = [['figure', ...parts], ['---', ...parts.map(() => '---:')], ...rows]
  return `Model: ${model}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

/** A row a bin that holds something. */
export function curveOf({ reliability = [] }: Report): string {
  const rows = reliability.flatMap(({ count, meanConfidence, shareRight }) =>
    count === 0 ? [] : [`| ${meanConfidence?.toFixed(2)} | ${shareRight?.toFixed(2)} | ${count} |`],
  )
  return ['| said, on average | right | mails |', '| ---: | ---: | ---: |', ...rows].join('\n')
}

function inWords(value: number | null | undefined): string {
  if (value === undefined) return ''
  return value === null ? 'none' : String(value)
}

const shown = [
  'intentAccuracy',
  'intentMacroF1',
  'needsReplyPrecision',
  'needsReplyRecall',
  'spamF1',
  'asksF1',
  'asksCovered',
  'requiredHeld',
  'openQuestionF1',
  'languageRight',
  'plantedFound',
  'recallAt5ByMail',
  'recallAt5ByThread',
]
const barHeight = 18
const labelWidth = 170
const barWidth = 300

/** The shares of the held-out cases as bars from 0 to 1. */
export function chartOf({ model, figures }: Report): string {
  const held = figures['held-out'] ?? {}
  const bars = shown.flatMap((name) => {
    const value = held[name]
    return typeof value === 'number' ? [{ name, value }] : []
  })
  const height = 40 + bars.length * (barHeight + 6)
  const lines = bars.map(({ name, value }, index) => {
    const y = 34 + index * (barHeight + 6)
    const width = Math.round(value * barWidth)
    return [
      `  <text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${name}</text>`,
      `  <rect x="${labelWidth}" y="${y}" width="${barWidth}" height="${barHeight}" fill="#e4e7ec"/>`,
      `  <rect x="${labelWidth}" y="${y}" width="${width}" height="${barHeight}" fill="#2f6f4f"/>`,
      `  <text x="${labelWidth + barWidth + 8}" y="${y + 13}">${value.toFixed(2)}</text>`,
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="540" height="${height}" font-family="sans-serif" font-size="12">`,
    '  <rect width="100%" height="100%" fill="#ffffff"/>',
    `  <text x="12" y="20" font-weight="bold">Held-out cases, model ${model.replaceAll(/[<>&"]/g, '')}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}
