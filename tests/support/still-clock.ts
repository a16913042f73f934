import type { Clock } from '../../server/ports.ts'

/** Stands still until it is moved on. */
export class StillClock implements Clock {
  private time: number

  constructor(at: Date = new Date()) {
    this.time = at.getTime()
  }

  now(): Date {
    return new Date(this.time)
  }

  advance(ms: number): void {
    this.time += ms
  }
}
