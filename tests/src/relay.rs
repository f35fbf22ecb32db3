//! The link between a node and the hub: TCP bytes passed on, counted, cut, held back.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::pace::{Pace, carry};

/// How often a held-back connection looks whether it may go on.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What a slow link passes on at once: an Ethernet packet.
const PACKET_BYTES: usize = 1_460;

/// Where the hub listens now; empty while it is down. A hub that comes back on another port is
/// found through it.
#[derive(Debug, Clone, Default)]
pub struct HubAddress(Arc<Mutex<Option<SocketAddr>>>);

impl HubAddress {
    /// The hub is there from now on.
    pub fn set(&self, address: Option<SocketAddr>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    /// Where it is.
    #[must_use]
    pub fn get(&self) -> Option<SocketAddr> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens when the limit is reached.
#[derive(Debug, Clone, Copy)]
enum Then {
    Close,
    Stall,
}

#[derive(Debug, Default)]
struct Shared {
    hub: HubAddress,
    closed: AtomicBool,
    stalled: AtomicBool,
    reached: AtomicBool,
    ended: AtomicBool,
    up: AtomicU64,
    down: AtomicU64,
    turns: AtomicU64,
    last_went_up: AtomicBool,
    pace: Mutex<Option<Pace>>,
    limit: Mutex<Option<(u64, Then)>>,
    /// Bytes a second from node to hub; 0: as fast as they come.
    rate_up: AtomicU64,
    connections: Mutex<Vec<TcpStream>>,
}

/// A TCP relay on loopback.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Relay {
    /// A relay to the hub, wherever it is. Open.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn to(hub: HubAddress) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { hub, ..Shared::default() });
        let accepting = shared.clone();
        std::thread::spawn(move || accept(&listener, &accepting));
        Ok(Self { address, shared })
    }

    /// Where nodes reach it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes passed from node to hub and back.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        (self.shared.up.load(SeqCst), self.shared.down.load(SeqCst))
    }

    /// How often the conversation has changed to the node's side: what it costs on a link where the
    /// way is long. TLS is in it, TCP's own handshake is not.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.shared.turns.load(SeqCst)
    }

    /// Makes the link slow for connections that begin from now on; `None`: as fast as it can. Limits
    /// ([`Relay::close_after`], [`Relay::stall_after`]) do not hold on slow connections.
    pub fn set_pace(&self, pace: Option<Pace>) {
        *self.shared.pace.lock().unwrap_or_else(PoisonError::into_inner) = pace;
    }

    /// Cuts the link: open connections break, new ones are turned away.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Heals the link and forgets every limit; what was held back goes on.
    pub fn open(&self) {
        *self.shared.limit() = None;
        self.shared.reached.store(false, SeqCst);
        self.shared.stalled.store(false, SeqCst);
        self.shared.closed.store(false, SeqCst);
    }

    /// Lets at most so many bytes a second through from node to hub; 0 lifts it. Limits hold.
    pub fn throttle(&self, bytes_per_second: u64) {
        self.shared.rate_up.store(bytes_per_second, SeqCst);
    }

    /// Cuts the link after so many more bytes, in the midst of whatever they are.
    pub fn close_after(&self, bytes: u64) {
        self.limit(bytes, Then::Close);
    }

    /// Holds everything back after so many more bytes; connections stay open.
    pub fn stall_after(&self, bytes: u64) {
        self.limit(bytes, Then::Stall);
    }

    fn limit(&self, bytes: u64, then: Then) {
        self.open();
        *self.shared.limit() = Some((bytes, then));
    }

    /// Whether the limit was reached.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.shared.reached.load(SeqCst)
    }

    /// Waits until the limit is reached.
    ///
    /// # Errors
    /// When it is not within `limit`.
    pub fn wait_until_reached(&self, limit: Duration) -> Result<()> {
        let began = Instant::now();
        while !self.is_reached() {
            if began.elapsed() > limit {
                bail!("the link's limit was not reached in {} s", limit.as_secs());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.ended.store(true, SeqCst);
        self.shared.close();
        // Wakes the accepting thread so that it sees the end.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn limit(&self) -> std::sync::MutexGuard<'_, Option<(u64, Then)>> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.closed.store(true, SeqCst);
        for connection in self.connections.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Counts bytes that pass now, and whether that is a turn. Before they are written: the answer to
    /// them may be here before the writer goes on.
    fn count(&self, bytes: usize, is_up: bool) {
        let counter = if is_up { &self.up } else { &self.down };
        counter.fetch_add(bytes as u64, SeqCst);
        if !self.last_went_up.swap(is_up, SeqCst) && is_up {
            self.turns.fetch_add(1, SeqCst);
        }
    }

    /// How many of `wanted` bytes may pass, and what happens after them.
    fn admit(&self, wanted: usize) -> (usize, Option<Then>) {
        let mut limit = self.limit();
        match &mut *limit {
            None => (wanted, None),
            Some((left, _)) if *left > wanted as u64 => {
                *left -= wanted as u64;
                (wanted, None)
            }
            Some((left, then)) => {
                let passing = (usize::try_from(*left).unwrap_or(wanted), Some(*then));
                *left = 0;
                passing
            }
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for near in listener.incoming().filter_map(Result::ok) {
        if shared.ended.load(SeqCst) {
            return;
        }
        if shared.closed.load(SeqCst) {
            continue;
        }
        let Some(far) = shared.hub.get().and_then(|hub| TcpStream::connect(hub).ok()) else { continue };
        let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { continue };
        let ends = [near.try_clone(), far.try_clone()].into_iter().filter_map(Result::ok);
        let seed = {
            let mut connections = shared.connections.lock().unwrap_or_else(PoisonError::into_inner);
            connections.extend(ends);
            connections.len() as u64
        };
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        shared.last_went_up.store(false, SeqCst); // its first bytes are a turn
        let pace = *shared.pace.lock().unwrap_or_else(PoisonError::into_inner);
        for (from, to, is_up) in [(near, far_again, true), (far, near_again, false)] {
            let shared = shared.clone();
            std::thread::spawn(move || match pace {
                None => pump(from, to, &shared, is_up),
                Some(pace) => {
                    // TCP's own handshake takes a round trip before the first byte.
                    let opening = (Instant::now() + pace.round_trip, 2 * seed + u64::from(is_up));
                    carry(from, to, pace, opening, move |bytes| shared.count(bytes, is_up));
                }
            });
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, shared: &Shared, is_up: bool) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let rate = if is_up { shared.rate_up.load(SeqCst) } else { 0 };
        // A slow link passes on a packet at a time, not what somebody happened to write at once.
        let most = if rate > 0 { PACKET_BYTES } else { buffer.len() };
        let Ok(n) = from.read(&mut buffer[..most]) else { break };
        if n == 0 {
            break;
        }
        if let Some(micros) = (n as u64 * 1_000_000).checked_div(rate) {
            std::thread::sleep(Duration::from_micros(micros));
        }
        let (passing, then) = shared.admit(n);
        shared.count(passing, is_up);
        if to.write_all(&buffer[..passing]).is_err() {
            break;
        }
        match then {
            None => {}
            Some(Then::Close) => {
                shared.reached.store(true, SeqCst);
                shared.close();
                break;
            }
            Some(Then::Stall) => {
                shared.stalled.store(true, SeqCst);
                shared.reached.store(true, SeqCst);
                while shared.stalled.load(SeqCst) && !shared.closed.load(SeqCst) {
                    std::thread::sleep(LOOK_EVERY);
                }
                shared.count(n - passing, is_up);
                if to.write_all(&buffer[passing..n]).is_err() {
                    break;
                }
            }
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}

#[cfg(test)]
mod tests {
    use super::{HubAddress, Relay};
    use crate::Pace;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    /// A relay to a server that says every byte again.
    fn to_an_echo() -> Relay {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = HubAddress::default();
        address.set(Some(listener.local_addr().unwrap()));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().filter_map(Result::ok) {
                let mut byte = [0];
                while let Ok(1) = stream.read(&mut byte) {
                    stream.write_all(&byte).unwrap();
                }
            }
        });
        Relay::to(address).unwrap()
    }

    fn ask(stream: &mut TcpStream) {
        let mut byte = [7];
        stream.write_all(&byte).unwrap();
        stream.read_exact(&mut byte).unwrap();
    }

    #[test]
    fn a_question_with_its_answer_is_a_turn_on_every_connection() {
        let relay = to_an_echo();
        for connections in 1..=2 {
            let mut stream = TcpStream::connect(relay.address()).unwrap();
            (0..3).for_each(|_| ask(&mut stream));
            assert_eq!((relay.turns(), relay.bytes()), (3 * connections, (3 * connections, 3 * connections)));
        }
    }

    #[test]
    fn a_slow_link_takes_its_round_trip_each_time_and_one_to_open() {
        let relay = to_an_echo();
        let round_trip = Duration::from_millis(40);
        relay.set_pace(Some(Pace { bits_per_second: 1_000_000, round_trip, loss_percent: 0 }));
        let mut stream = TcpStream::connect(relay.address()).unwrap();
        let began = Instant::now();
        (0..2).for_each(|_| ask(&mut stream));
        assert!(began.elapsed() >= 3 * round_trip, "{:?}", began.elapsed());
        assert_eq!(relay.turns(), 2);
    }
}
