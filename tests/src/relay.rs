//! The link between a node and the hub: TCP bytes passed on, counted, cut, held back.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

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
    limit: Mutex<Option<(u64, Then)>>,
    /// Bytes a second from node to hub; 0: as fast as they come.
    pace: AtomicU64,
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

    /// Lets at most so many bytes a second through from node to hub; 0 lifts it.
    pub fn pace(&self, bytes_per_second: u64) {
        self.shared.pace.store(bytes_per_second, SeqCst);
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
        shared.connections.lock().unwrap_or_else(PoisonError::into_inner).extend(ends);
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        for (from, to, is_up) in [(near, far_again, true), (far, near_again, false)] {
            let shared = shared.clone();
            std::thread::spawn(move || pump(from, to, &shared, is_up));
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, shared: &Shared, is_up: bool) {
    let counter = if is_up { &shared.up } else { &shared.down };
    let mut buffer = [0; 16 * 1024];
    loop {
        let pace = if is_up { shared.pace.load(SeqCst) } else { 0 };
        // A slow link passes on a packet at a time, not what somebody happened to write at once.
        let most = if pace > 0 { PACKET_BYTES } else { buffer.len() };
        let Ok(n) = from.read(&mut buffer[..most]) else { break };
        if n == 0 {
            break;
        }
        if let Some(micros) = (n as u64 * 1_000_000).checked_div(pace) {
            std::thread::sleep(Duration::from_micros(micros));
        }
        let (passing, then) = shared.admit(n);
        if to.write_all(&buffer[..passing]).is_err() {
            break;
        }
        counter.fetch_add(passing as u64, SeqCst);
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
                if to.write_all(&buffer[passing..n]).is_err() {
                    break;
                }
                counter.fetch_add((n - passing) as u64, SeqCst);
            }
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}
