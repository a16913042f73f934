import { createCircuits } from '../../../server/adapters/circuit.ts'
import type { Circuit, Circuits } from '../../../server/ports.ts'

/** The product's own circuits, which `renew` closes: they count true time, of which no cell has any. */
export function renewableCircuits(): { circuits: Circuits; renew(): void } {
  let current = createCircuits(() => {})
  const circuit = (vendor: keyof Circuits): Circuit => ({
    run: (call, signal) => current[vendor].run(call, signal),
    get pause() {
      return current[vendor].pause
    },
  })
  return {
    circuits: {
      gmail: circuit('gmail'),
      calendar: circuit('calendar'),
      'google-oauth': circuit('google-oauth'),
      gemini: circuit('gemini'),
      openai: circuit('openai'),
      hubspot: circuit('hubspot'),
    },
    renew() {
      current = createCircuits(() => {})
    },
  }
}
