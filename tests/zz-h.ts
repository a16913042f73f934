import { createTestApp } from './support/app.ts'
import { setScene } from './machines/faults/gmail/scene.ts'
import { callSites } from './machines/faults/gmail/call-sites.ts'
import { playGmailCell } from './machines/faults/gmail/cell.ts'
import { faultNames } from './machines/faults/gmail/cells.ts'
process.on('uncaughtException', (e) => console.log('UNCAUGHT', e))
const only = process.argv[2], onlyFault = process.argv[3]
await using app = await createTestApp({ config: { database: { kind: 'embedded', directory: 'memory://h' } } })
const T = performance.now()
for (const [site, { workflows }] of Object.entries(callSites)) {
  if (only && site !== only) continue
  for (const w of workflows) {
    const t0 = performance.now(); const c0 = process.cpuUsage()
    const scene = await setScene(app, w)
    console.log('scene', site, w, Math.round(performance.now()-t0), 'ms cpu', Math.round(process.cpuUsage(c0).user/1000))
    for (const fault of faultNames) for (const isLasting of [false, true]) {
      if (onlyFault && fault !== onlyFault) continue
      const t = performance.now(); const c = process.cpuUsage()
      const problems = await playGmailCell(scene, { site: site as any, fault, isLasting }).catch((e) => ['THREW ' + e.stack])
      const cpu = process.cpuUsage(c)
      console.log(site, w, fault, isLasting ? 'lasting' : 'once', Math.round(performance.now()-t), 'ms, cpu', Math.round((cpu.user+cpu.system)/1000), problems)
    }
    const cc = process.cpuUsage(c0); console.log('done', Math.round(performance.now()-t0), 'ms cpu', Math.round((cc.user+cc.system)/1000))
  }
}
console.log('total', performance.now()-T)
