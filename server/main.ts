// Loads nothing by itself: the rest takes a second or two, and a signal that comes meanwhile must find somebody. As the
// first process of a container nothing else would end it.
const stopped = new Promise<NodeJS.Signals>((resolve) => {
  // To the end, since a terminal and a watcher both pass Ctrl-C on, and the second must not kill the stop.
  process.on('SIGTERM', resolve)
  process.on('SIGINT', resolve)
})
const loaded = await Promise.race([import('./serve.ts'), stopped])
// Nothing runs yet that would have to end.
if (typeof loaded === 'string') process.exit(0)
await loaded.serve(stopped)
