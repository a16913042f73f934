import { createMimeCodec } from '../../../server/adapters/mime/codec.ts'
import { createTestApp } from '../../support/app.ts'
import { quickDatabase } from '../kit/databases.ts'
import { needCorpus, runMachine } from '../kit/run-machine.ts'
import { playCorpus } from './machine.ts'

await runMachine(
  {
    command: 'test:mime',
    about: 'Real and hostile mail is read as other parsers read it, and machines are told from people.',
    options: {},
  },
  async (_, { tell }) => {
    needCorpus('This machine reads the corpus')
    await using codec = createMimeCodec({ deadlineMs: 60_000 })
    // The first mail would be charged with the start of its worker.
    const first = Buffer.from('From: a@b.example\n\n')
    await Promise.all([codec.parse(first), codec.parse(first)])
    await using database = await quickDatabase()
    await using app = await createTestApp({ ports: { mime: codec }, config: { database: database.config } })
    return await playCorpus(codec, { every: 1, outside: { app, every: 1 }, tell })
  },
)
