import { quotaUnits } from '../../../../server/adapters/google/quota-costs.ts'
import type { WorkflowName } from './workflows.ts'

export interface CallSite {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: RegExp
  readonly units: number
  /** The product's own ways to this call; the fault strikes in each. */
  readonly workflows: readonly WorkflowName[]
}

/** Every call of the product to Google, and the way to it. */
export const callSites = {
  profile: {
    method: 'GET',
    path: /\/profile$/,
    units: quotaUnits['users.getProfile'],
    workflows: ['firstImport'],
  },
  'messages.list': {
    method: 'GET',
    path: /\/messages$/,
    units: quotaUnits['messages.list'],
    workflows: ['firstImport', 'resync', 'muted'],
  },
  'messages.get': {
    method: 'GET',
    path: /\/messages\/\w+$/,
    units: quotaUnits['messages.get'],
    workflows: ['newMail'],
  },
  'drafts.delete': {
    method: 'DELETE',
    path: /\/drafts\/[\w-]+$/,
    units: quotaUnits['drafts.delete'],
    workflows: ['orphanSweep'],
  },
  'drafts.list': { method: 'GET', path: /\/drafts$/, units: quotaUnits['drafts.list'], workflows: ['orphanSweep'] },
  'history.list': { method: 'GET', path: /\/history$/, units: quotaUnits['history.list'], workflows: ['newMail'] },
  'threads.get': {
    method: 'GET',
    path: /\/threads\/\w+$/,
    units: quotaUnits['threads.get'],
    workflows: ['lostAnswer'],
  },
  'drafts.create': { method: 'POST', path: /\/drafts$/, units: quotaUnits['drafts.create'], workflows: ['approved'] },
  'drafts.get': {
    method: 'GET',
    path: /\/drafts\/[\w-]+$/,
    units: quotaUnits['drafts.get'],
    workflows: ['approved', 'lostSend', 'orphanSweep'],
  },
  'drafts.send': {
    method: 'POST',
    path: /\/drafts\/send$/,
    units: quotaUnits['drafts.send'],
    workflows: ['approved'],
  },
  watch: { method: 'POST', path: /\/watch$/, units: quotaUnits['users.watch'], workflows: ['watch'] },
  'token-refresh': { method: 'POST', path: /\/token$/, units: 0, workflows: ['expiredToken'] },
} as const satisfies Record<string, CallSite>

export type CallSiteName = keyof typeof callSites
