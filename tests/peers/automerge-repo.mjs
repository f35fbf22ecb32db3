// automerge-repo over WebSocket, one document a record, all documents open on both sides: it has
// no other way to sync a collection. A sync is over when the wire has been quiet for 300 ms, which
// are not counted.
import { WebSocketServer } from 'ws'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { relay, row, timed, work } from './work.mjs'

const { records, edits } = work
const LOOK_MS = 50
const LOOKS = 6

const listener = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await new Promise(ready => listener.on('listening', ready))
const wire = await relay(listener.address().port)
const server = new Repo({ network: [new WebSocketServerAdapter(listener)], sharePolicy: async () => true })
const local = new Repo({ network: [], sharePolicy: async () => true })
const dial = () => new WebSocketClientAdapter(`ws://127.0.0.1:${wire.port}`, 500)
const pause = ms => new Promise(ok => setTimeout(ok, ms))

async function quiet() {
  for (let last = -1, looks = 0; looks < LOOKS;) {
    await pause(LOOK_MS)
    const now = wire.up + wire.down
    looks = now === last ? looks + 1 : 0
    last = now
  }
}

const handles = records.map(record => {
  const handle = local.create()
  handle.change(doc => Object.assign(doc, record))
  return handle
})
let link
async function plug() {
  link = dial()
  local.networkSubsystem.addNetworkAdapter(link)
  await quiet()
}
async function unplug() {
  local.networkSubsystem.removeNetworkAdapter(link)
  await pause(300)
  wire.cut()
  wire.reset()
}
const measured = async act => await timed(act) - LOOK_MS * LOOKS

row('automerge-repo', 'push', records.length, wire, await measured(plug))
await unplug()
row('automerge-repo', 'idle', records.length, wire, await measured(plug))

for (const list of edits) {
  await unplug()
  for (const [i, teams] of list) handles[i].change(doc => { doc.teams = teams })
  const ms = await measured(plug)
  let arrived = 0
  for (const [i, teams] of list) {
    const handle = await server.find(handles[i].url)
    if (handle.doc().teams === teams) arrived++
  }
  if (arrived === list.length) row('automerge-repo', 'edits', list.length, wire, ms)
  else console.error(`automerge-repo: only ${arrived} of ${list.length} edits arrived`)
}

const fresh = new Repo({ network: [], sharePolicy: async () => true })
wire.reset()
const ms = await measured(async () => {
  fresh.networkSubsystem.addNetworkAdapter(dial())
  await Promise.all(handles.map(handle => fresh.find(handle.url)))
  await quiet()
})
row('automerge-repo', 'pull', records.length, wire, ms)
process.exit(0)
