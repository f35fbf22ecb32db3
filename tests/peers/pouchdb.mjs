// PouchDB (client) against express-pouchdb (CouchDB's protocol), both in memory.
import { createRequire } from 'node:module'
import { relay, row, timed, work } from './work.mjs'

const require = createRequire(import.meta.url)
const PouchDB = require('pouchdb-node')
PouchDB.plugin(require('pouchdb-adapter-memory'))
const express = require('express')
const { records, edits } = work
const BULK = 1000

const app = express()
const Server = PouchDB.defaults({ adapter: 'memory', prefix: 'server-' })
app.use('/', require('express-pouchdb')(Server, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: '/dev/null' }))
const http = app.listen(0, '127.0.0.1')
await new Promise(ready => http.on('listening', ready))
const wire = await relay(http.address().port)
const url = `http://127.0.0.1:${wire.port}/points`
const sync = db => new Promise((ok, no) => PouchDB.sync(db, url, { batch_size: 500 }).on('complete', ok).on('error', no))

const local = new PouchDB('local', { adapter: 'memory' })
for (let i = 0; i < records.length; i += BULK) {
  await local.bulkDocs(records.slice(i, i + BULK).map((record, k) => ({ _id: `p${i + k}`, ...record })))
}
row('PouchDB', 'push', records.length, wire, await timed(() => sync(local)))

await sync(local) // its pull side walks its own changes once
wire.reset()
row('PouchDB', 'idle', records.length, wire, await timed(() => sync(local)))

for (const list of edits) {
  for (const [i, teams] of list) {
    const record = await local.get(`p${i}`)
    await local.put({ ...record, teams })
  }
  wire.reset()
  row('PouchDB', 'edits', list.length, wire, await timed(() => sync(local)))
}

const fresh = new PouchDB('fresh', { adapter: 'memory' })
wire.reset()
row('PouchDB', 'pull', records.length, wire, await timed(() => sync(fresh)))
process.exit(0)
