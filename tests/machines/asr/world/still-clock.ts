import type { Clock } from '../../../../server/ports.ts'

/** Stands still until it is moved on, so that two worlds that are looked at one after the other show one time. */
export class StillClock implements Clock {
  private time = Date.now()

  now(): Date {
    return new Date(this.time)
  }

  advance(ms: number): void {
    this.time += ms
  }
}
