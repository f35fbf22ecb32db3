//! Small writes go out together.
//!
//! HTTP/2 flushes each frame as it comes, and each flush becomes a TLS record with 22 bytes around it,
//! and often a packet. Over a mountain link a round trip takes 600 ms: what is said within a few
//! milliseconds may as well travel together.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long the first of several writes waits for others.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// On a connection that has said nothing yet.
    first: Duration,
    /// From then on.
    then: Duration,
}

/// A node begins with what it has ready. Later it reads from its own disk what follows an answer.
pub const NODE: Wait = Wait { first: Duration::from_millis(2), then: Duration::from_millis(5) };
/// The hub's answer to a Hello is to go with the settings of the connection: until the Hello is here, and
/// the node is looked up.
pub const HUB: Wait = Wait { first: Duration::from_millis(6), then: Duration::from_millis(3) };
/// So much goes out at once when it is flushed: a packet is full.
const PACKET_BYTES: usize = 1_200;
/// More than a TLS record is not held.
const HELD_BYTES_MAX: usize = 16 * 1024;

/// A stream whose flushes are done a moment later, by whichever poll comes then: its owner must go on
/// reading, as an HTTP/2 connection does.
#[derive(Debug)]
pub struct Gathered<T> {
    inner: T,
    wait: Wait,
    held: Vec<u8>,
    sent: usize,
    due: Option<Pin<Box<Sleep>>>,
    /// What is held is on its way, however much comes behind it.
    leaving: bool,
    over: Option<Arc<AtomicBool>>,
}

impl<T> Gathered<T> {
    /// Around `inner`.
    pub fn new(inner: T, wait: Wait) -> Self {
        Self { inner, wait, held: Vec::new(), sent: 0, due: None, leaving: false, over: None }
    }

    /// When `over` has become true, nothing goes out any more but the end of the stream.
    #[must_use]
    pub fn until(self, over: Arc<AtomicBool>) -> Self {
        Self { over: Some(over), ..self }
    }

    fn is_over(&self) -> bool {
        self.over.as_ref().is_some_and(|over| over.load(Ordering::Relaxed))
    }
}

impl<T: AsyncWrite + Unpin> Gathered<T> {
    /// Writes what is held, and flushes it.
    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.leaving = true;
        while self.sent < self.held.len() && !self.is_over() {
            match ready!(Pin::new(&mut self.inner).poll_write(cx, &self.held[self.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => self.sent += n,
            }
        }
        self.wait.first = self.wait.then;
        // A connection that says nothing holds nothing.
        (self.held, self.sent, self.due) = (Vec::new(), 0, None);
        ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
        self.leaving = false;
        Poll::Ready(Ok(()))
    }

    /// [`Self::poll_out`] when it is time.
    fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let fills_a_packet = self.held.len() >= PACKET_BYTES;
        let is_due = |due: &mut Pin<Box<Sleep>>| due.as_mut().poll(cx).is_ready();
        if self.leaving || fills_a_packet || self.due.as_mut().is_some_and(is_due) {
            return self.poll_out(cx);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Gathered<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.is_over() {
            return Poll::Ready(Ok(bytes.len()));
        }
        if this.held.len() >= HELD_BYTES_MAX {
            ready!(this.poll_out(cx))?;
        }
        let taken = bytes.len().min(HELD_BYTES_MAX - this.held.len());
        this.held.extend_from_slice(&bytes[..taken]);
        this.due.get_or_insert_with(|| Box::pin(sleep(this.wait.first)));
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_due(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_out(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Gathered<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Poll::Ready(Err(e)) = self.poll_due(cx) {
            return Poll::Ready(Err(e));
        }
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::{Gathered, HELD_BYTES_MAX, NODE, PACKET_BYTES};

    /// What the other end reads at once.
    async fn read(far: &mut DuplexStream) -> Vec<u8> {
        let mut buf = vec![0; 1 << 20];
        let n = far.read(&mut buf).await.unwrap();
        buf.truncate(n);
        buf
    }

    async fn say(near: &mut Gathered<DuplexStream>, bytes: &[u8]) {
        near.write_all(bytes).await.unwrap();
        near.flush().await.unwrap();
    }

    /// Reads for ever, as the owner of a connection does.
    async fn go_on_reading(mut near: impl AsyncRead + Unpin) {
        let _ = near.read(&mut [0]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_within_a_moment_travels_together() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = Gathered::new(near, NODE);
        say(&mut near, b"settings ").await;
        say(&mut near, b"headers ").await;
        say(&mut near, b"hello").await;
        tokio::spawn(go_on_reading(near));
        assert_eq!(read(&mut far).await, b"settings headers hello");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_packet_does_not_wait() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = Gathered::new(near, NODE);
        say(&mut near, &[7; PACKET_BYTES]).await;
        assert_eq!(read(&mut far).await.len(), PACKET_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_is_held_comes_across_whole_and_in_order() {
        let (near, mut far) = duplex(1_000);
        let all: Vec<u8> = (0..5 * HELD_BYTES_MAX).map(|n| (n % 251) as u8).collect();
        let sent = all.clone();
        tokio::spawn(async move {
            let mut near = Gathered::new(near, NODE);
            for part in sent.chunks(777) {
                say(&mut near, part).await;
                tokio::time::sleep(Duration::from_millis(part[0].into())).await;
            }
            near.shutdown().await.unwrap();
        });
        let mut came = Vec::new();
        far.read_to_end(&mut came).await.unwrap();
        assert_eq!(came, all);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_said_after_the_end() {
        let (near, mut far) = duplex(1 << 20);
        let over = Arc::new(AtomicBool::new(false));
        let mut near = Gathered::new(near, NODE).until(over.clone());
        over.store(true, Ordering::Relaxed);
        say(&mut near, b"goodbye").await;
        near.shutdown().await.unwrap();
        assert!(read(&mut far).await.is_empty());
    }
}
