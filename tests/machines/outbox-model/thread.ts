import { quickDatabase } from '../kit/databases.ts'
import { playTasks } from '../kit/threads.ts'
import { openBench } from './bench.ts'
import { search, type Search } from './search.ts'

await using database = await quickDatabase()
await using bench = await openBench(database.config)
await playTasks((wanted: Search) => search(bench, wanted))
