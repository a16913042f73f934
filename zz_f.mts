import { createMimeCodec } from './server/adapters/mime/codec.ts'
import { openInputs } from './tests/machines/fuzz-mime/inputs.ts'
const codec = createMimeCodec({ lanes: 2 })
const { at, given } = openInputs({ seed: 77, corpusEvery: 3 })
const seen = {}
let n = 0
const work = async () => { while (n < 6000) { const i = n++; const x = at(i + given); const r = await codec.parse(x.raw); for (const s of (r.problem ?? '').split(/(?<=\.) /)) { const k = s.replace(/:.*first counts.*/,''); seen[k] = (seen[k] ?? 0) + 1; if (/Not all/.test(s) && seen[k] < 3) console.log(i + given, s) } } }
await Promise.all([work(), work()])
console.log(seen)
await codec[Symbol.asyncDispose]()
