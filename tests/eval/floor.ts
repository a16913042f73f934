import type { Report } from './report.ts'

/** Of these less is better; times are this machine's, and counts of cases are no figures. */
const better: Readonly<Record<string, 'less'>> = {
  calibrationError: 'less',
  forbiddenSaid: 'less',
  unsupportedFalseAlarms: 'less',
  crossContactLeaks: 'less',
  falseAutoRate: 'less',
  fault_WRONG_FACT: 'less',
  fault_MISSING_ANSWER: 'less',
  fault_TOO_LONG: 'less',
  fault_WRONG_LANGUAGE: 'less',
  fault_WRONG_PERSON: 'less',
  fault_PROMISED_TOO_MUCH: 'less',
}
const unjudged = /^(?:cases|plantedClaims|sentAutomatically|costPerMail|tokensPerMail|latency\w+)$/
/** A mail or two of some hundred. */
const slack = 0.005

/** What is worse than what was recorded with the offline model, whose answers are always the same. */
export function fallen({ figures }: Report, kept: Report): string[] {
  return Object.entries(kept.figures).flatMap(([part, recorded]) => {
    const now = figures[part]
    if (!now) return []
    return Object.entries(recorded).flatMap(([name, before]) => {
      const value = now[name] ?? null
      if (unjudged.test(name) || before === null || value === before) return []
      const isWorse = value === null || (better[name] ? value > before + slack : value < before - slack)
      return isWorse ? [`${part}: ${name} is ${value}, and was ${before}`] : []
    })
  })
}
