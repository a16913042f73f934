import type { Clock } from '../../../server/ports.ts'

/** Begins on a Wednesday morning and moves by hand only. */
export class VirtualClock implements Clock {
  private time = Date.parse('2026-03-04T10:00:00Z')

  now(): Date {
    return new Date(this.time)
  }

  advance(ms: number): void {
    this.time += ms
  }
}
