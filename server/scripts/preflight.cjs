// The npm scripts load this before anything else, in words that any Node understands: before `npm ci` there are no packages,
// and the Node of the machine may be too old to read our files.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '../..')
const needed = require(join(root, 'package.json')).engines.node.replace('>=', '')
const isInstalled = existsSync(join(root, 'node_modules/kysely'))
const isTooOld = process.versions.node.localeCompare(needed, 'en', { numeric: true }) < 0
const needsPackages = !/[\\/](env|docker-secrets)\.ts$/.test(process.argv[1] ?? '')

if (!isInstalled && (needsPackages || isTooOld)) {
  refuse('ReasonFlow is not installed yet. Run npm ci first, in this folder (make does it by itself).')
} else if (isTooOld) {
  refuse(
    `This is Node ${process.versions.node}, and ReasonFlow needs ${needed} or newer. npm ci brings one for the npm scripts: ` +
      'run it again, with install scripts allowed, or install a newer Node.',
  )
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
