// What both peers share: the work file, the counting relay, the rows that are printed.
import fs from 'node:fs'
import net from 'node:net'

/** The records and lists of one-field edits that Kẻng is given too. */
export const work = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))

/** A TCP relay on loopback; counts bytes, and how often the conversation changes to the client's side. */
export function relay(to) {
  const wire = {
    up: 0, down: 0, turns: 0, last: '', sockets: new Set(),
    reset() { wire.up = wire.down = wire.turns = 0; wire.last = '' },
    cut() { for (const socket of wire.sockets) socket.destroy(); wire.sockets.clear() },
  }
  const server = net.createServer(client => {
    const peer = net.connect(to, '127.0.0.1')
    for (const socket of [client, peer]) wire.sockets.add(socket)
    const pump = (from, into, side) => {
      from.on('data', bytes => {
        wire[side] += bytes.length
        if (side === 'up' && wire.last !== 'up') wire.turns++
        wire.last = side
        into.write(bytes)
      })
      from.on('close', () => into.destroy())
      from.on('error', () => into.destroy())
    }
    pump(client, peer, 'up')
    pump(peer, client, 'down')
  })
  return new Promise(ready => server.listen(0, '127.0.0.1', () => { wire.port = server.address().port; ready(wire) }))
}

/** Prints one row. */
export const row = (peer, work, count, wire, ms) =>
  console.log(JSON.stringify({ peer, work, count, up: wire.up, down: wire.down, turns: wire.turns, ms: Math.round(ms) }))

/** Milliseconds that `act` takes. */
export async function timed(act) {
  const began = performance.now()
  await act()
  return performance.now() - began
}
