//! A slow link: so many bits a second, so long a way, now and then a lost segment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What travels as one piece: an Ethernet frame's worth of TCP payload.
const SEGMENT_BYTES: usize = 1_400;
/// Headers of TCP and IP on each segment: the line carries them too.
const HEADER_BYTES: usize = 40;
/// Segments under way; the sender waits beyond that, as it would for a router's buffer.
const UNDER_WAY_MAX: usize = 64;

/// How slow a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bits a second, in each direction.
    pub bits_per_second: u64,
    /// From one end to the other and back.
    pub round_trip: Duration,
    /// Segments lost, of a hundred. A lost one comes a round trip later, and whatever was sent
    /// after it waits, as behind TCP's fast retransmission.
    pub loss_percent: u32,
}

/// When segments of one direction of one connection arrive. Deterministic.
#[derive(Debug)]
struct Timetable {
    pace: Pace,
    line_free: Instant,
    last_arrival: Instant,
    dice: u64,
}

impl Timetable {
    fn new(pace: Pace, open_at: Instant, seed: u64) -> Self {
        Self { pace, line_free: open_at, last_arrival: open_at, dice: seed }
    }

    /// A segment given to the line `now` is at the other end then.
    fn arrival(&mut self, now: Instant, bytes: usize) -> Instant {
        let bits = 8 * (bytes + HEADER_BYTES) as u64;
        let on_the_line = Duration::from_nanos(bits * 1_000_000_000 / self.pace.bits_per_second.max(1));
        self.line_free = self.line_free.max(now) + on_the_line;
        let mut arrival = self.line_free + self.pace.round_trip / 2;
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (self.dice >> 33) % 100 < u64::from(self.pace.loss_percent) {
            arrival += self.pace.round_trip;
        }
        self.last_arrival = self.last_arrival.max(arrival);
        self.last_arrival
    }
}

/// Carries one direction of a connection until either end closes. Nothing passes before `open_at`;
/// `passes` is told of bytes as they leave.
pub(crate) fn carry(
    mut from: TcpStream,
    mut to: TcpStream,
    pace: Pace,
    (open_at, seed): (Instant, u64),
    passes: impl Fn(usize) + Send + 'static,
) {
    let (give, take) = mpsc::sync_channel::<(Instant, Vec<u8>)>(UNDER_WAY_MAX);
    std::thread::spawn(move || {
        for (at, bytes) in take {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            passes(bytes.len());
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        // The other end may be gone already.
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut timetable = Timetable::new(pace, open_at, seed);
    let mut buffer = [0; SEGMENT_BYTES];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let at = timetable.arrival(Instant::now(), n);
        if give.send((at, buffer[..n].to_vec())).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES, Pace, Timetable};
    use std::time::{Duration, Instant};

    const SLOW: Pace = Pace { bits_per_second: 64_000, round_trip: Duration::from_millis(600), loss_percent: 0 };

    #[test]
    fn a_segment_takes_its_bits_and_half_the_round_trip() {
        let now = Instant::now();
        let mut line = Timetable::new(SLOW, now, 1);
        let second = 8_000 - HEADER_BYTES; // at 64 kbit/s
        assert_eq!(line.arrival(now, second) - now, Duration::from_millis(1_300));
        // The next one waits for the line, not for the way.
        assert_eq!(line.arrival(now, second) - now, Duration::from_millis(2_300));
    }

    #[test]
    fn a_lost_segment_comes_a_round_trip_later_and_holds_up_the_rest() {
        let now = Instant::now();
        let arrivals = |loss_percent| {
            let mut line = Timetable::new(Pace { loss_percent, ..SLOW }, now, 1);
            [0; 50].map(|_| line.arrival(now, 100))
        };
        let (sure, unsure) = (arrivals(0), arrivals(5));
        assert!(unsure.is_sorted());
        let late = sure.iter().zip(&unsure).filter(|(s, u)| u > s).count();
        assert!((1..50).contains(&late), "{late} of 50 were late");
        assert!(unsure.iter().zip(&sure).all(|(u, s)| *u - *s <= SLOW.round_trip));
    }
}
