import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import type { MetricObject } from 'prom-client'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { registry } from '../../server/metrics.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const folder = 'docker/observability'

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+m$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
})
const Datasource = z.object({ type: z.string(), uid: z.string() })
const Dashboard = z.object({
  uid: z.string(),
  annotations: z.object({ list: z.array(z.object({ datasource: Datasource, expr: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      datasource: Datasource,
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.object({ datasource: Datasource, expr: z.string(), refId: z.string() })).min(1),
    }),
  ),
})
const Sources = z.object({ datasources: z.array(Datasource.extend({ url: z.string() })) })
const Providers = z.object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) })
const Scrapes = z.object({
  rule_files: z.array(z.string()),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.int() })),
      authorization: z.object({ credentials_file: z.string() }),
    }),
  ),
})
const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      profiles: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
    }),
  ),
})

const rules = Rules.parse(parse(read(`${folder}/prometheus/alerts.yml`))).groups.flatMap(({ rules }) => rules)
const dashboards = readdirSync(join(root, folder, 'grafana/dashboards')).map((name) =>
  Dashboard.parse(JSON.parse(read(`${folder}/grafana/dashboards/${name}`))),
)
const panels = dashboards.flatMap(({ panels }) => panels)
const { services } = Compose.parse(parse(read('docker-compose.yml'), { merge: true }))
const watching = Object.entries(services).filter(([, { profiles }]) => profiles.includes('observability'))
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: title, expr }))),
  ...dashboards.flatMap(({ annotations }) => annotations.list.map(({ expr }) => ({ of: 'annotations', expr }))),
]

/** The nodes of one kind in a query, as they are written. */
function nodesOf(expr: string, ...kinds: string[]): string[] {
  const found: string[] = []
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => void (kinds.includes(type.name) && found.push(expr.slice(from, to))),
  })
  return found
}

/** Prometheus's own names, of series and of the labels it gives. */
const foreign = ['up', 'ALERTS']
const given = ['instance', 'job', 'le', 'alertstate']

function metricOf(series: string): MetricObject | undefined {
  const own = registry.getSingleMetric(series) ?? registry.getSingleMetric(series.replace(/_(bucket|sum|count)$/, ''))
  return own as unknown as MetricObject | undefined
}

test.each(expressions)('$of asks for figures that there are, by labels that they have: $expr', ({ expr }) => {
  let isBroken = false
  parser.parse(expr).iterate({ enter: ({ type }) => void (isBroken ||= type.isError) })
  expect(isBroken).toBe(false)
  const series = nodesOf(expr, 'VectorSelector').map((selector) => /^\w+/.exec(selector)?.[0] ?? selector)
  expect(series.length).toBeGreaterThan(0)
  const labels = new Set(given)
  for (const name of series.filter((name) => !foreign.includes(name))) {
    const metric = metricOf(name)
    expect([name, metric !== undefined]).toEqual([name, true])
    // What we call `job` comes as `exported_job`, beside the job of the scrape.
    const own = (metric as unknown as { labelNames?: string[] } | undefined)?.labelNames ?? []
    for (const label of own) labels.add(label === 'job' ? 'exported_job' : label)
  }
  expect(nodesOf(expr, 'LabelName').filter((label) => !labels.has(label))).toEqual([])
})

test('a query that is broken, or asks for what there is not, is found', () => {
  const errorsIn = (expr: string) => {
    let errors = 0
    parser.parse(expr).iterate({ enter: ({ type }) => void (type.isError && errors++) })
    return errors
  }
  expect(errorsIn('max(reasonflow_sync_lag_seconds')).toBeGreaterThan(0)
  expect(errorsIn('max by (reasonflow_sync_lag_seconds) > ')).toBeGreaterThan(0)
  expect(nodesOf('sum by (one, two) (rate(x_total{three="3"}[5m]))', 'LabelName')).toEqual(['one', 'two', 'three'])
  expect(metricOf('reasonflow_made_up')).toBeUndefined()
})

test('the four things that hurt have an alert each, and being blind has one', () => {
  expect(rules.map(({ alert }) => alert)).toEqual(['SyncLag', 'DeadLetters', 'UnknownSends', 'ModelBudget', 'Unseen'])
  const asked = ['sync_overdue_seconds', 'dead_letters', 'unknown_sends', 'budget_spent_ratio', 'figures_read']
  for (const [index, name] of asked.entries()) expect(rules[index]?.expr).toContain(name)
})

test('each dashboard has panels of their own ids and places, on the data source that is provisioned', () => {
  const [source, ...others] = Sources.parse(
    parse(read(`${folder}/grafana/provisioning/datasources/datasources.yml`)),
  ).datasources
  expect(others).toEqual([])
  expect(source?.url).toBe('http://prometheus:9090')
  const wanted = { type: source?.type, uid: source?.uid }
  expect(dashboards).toHaveLength(1)
  for (const { panels, annotations } of dashboards) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { datasource } of [...panels, ...panels.flatMap(({ targets }) => targets), ...annotations.list])
      expect(datasource).toEqual(wanted)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  }
})

test('Prometheus finds every process, shows its token, and reads the rules that are mounted', () => {
  const { rule_files, scrape_configs } = Scrapes.parse(parse(read(`${folder}/prometheus/prometheus.yml`)))
  expect(rule_files).toEqual(['/etc/prometheus/alerts.yml'])
  expect(scrape_configs).toHaveLength(1)
  const [scrape] = scrape_configs
  const [place] = scrape?.dns_sd_configs ?? []
  expect(place).toEqual({ names: ['backend', 'worker'], port: 8000 })
  expect(place?.names.filter((name) => !(name in services))).toEqual([])
  expect(read(`${folder}/prometheus/start.sh`)).toContain(`>${scrape?.authorization.credentials_file}`)
  const [provider] = Providers.parse(parse(read(`${folder}/grafana/provisioning/dashboards/dashboards.yml`))).providers
  expect(services['grafana']?.volumes).toContain(`./${folder}/grafana/dashboards:${provider?.options.path}:ro`)
})

test('what watches is started by its profile alone, of a fixed version, and is reached from this machine only', () => {
  expect(watching.map(([name]) => name)).toEqual(['prometheus', 'grafana', 'jaeger'])
  for (const [, { image, ports, volumes, profiles }] of watching) {
    expect(profiles).toEqual(['observability'])
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
    expect(ports.filter((port) => !/^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/.test(port))).toEqual([])
    expect(ports).toHaveLength(1)
    for (const volume of volumes.filter((volume) => volume.startsWith('./'))) {
      expect(volume).toMatch(/:ro$/)
      expect(existsSync(join(root, volume.split(':')[0] ?? ''))).toBe(true)
    }
  }
})
