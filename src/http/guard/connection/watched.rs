//! Accepted connections, watched as they read and write.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Duration,
};

use http::uri::Scheme;
use poem::{
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep, sleep_until},
};

use super::{Gate, Stage, Ticket, ended};

/// Accepts connections for poem's server.
#[derive(Debug)]
pub struct GuardedAcceptor {
    listener: TcpListener,
    local: SocketAddr,
    gate: Arc<Gate>,
}

/// The pause after a first failed accept; doubled up to [`MOST_PAUSE`].
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(20);
pub(super) const MOST_PAUSE: Duration = Duration::from_secs(1);

impl GuardedAcceptor {
    /// Listens at an address; port 0 takes any free port, see [`GuardedAcceptor::address`].
    pub async fn bind(address: SocketAddr, gate: Arc<Gate>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        Ok(Self { listener, local, gate })
    }

    /// The address it really listens at.
    pub fn address(&self) -> SocketAddr {
        self.local
    }
}

impl Acceptor for GuardedAcceptor {
    type Io = GuardedIo;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![LocalAddr(self.local.into())]
    }

    /// Never fails: poem would call again at once, and an exhausted process would spin.
    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    pause = FIRST_PAUSE;
                    let Some(ticket) = self.gate.admit(peer) else {
                        ended("full");
                        continue;
                    };
                    // Small answers must not wait for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let io = GuardedIo::new(stream, ticket);
                    let local = LocalAddr(self.local.into());
                    return Ok((io, local, RemoteAddr(peer.into()), Scheme::HTTP));
                }
                Err(fault) => {
                    tracing::warn!(%fault, "a connection could not be accepted");
                    sleep(pause).await;
                    pause = (pause * 2).min(MOST_PAUSE);
                }
            }
        }
    }
}

/// One TCP connection whose deadlines are kept.
#[derive(Debug)]
pub struct GuardedIo {
    stream: TcpStream,
    ticket: Ticket,
    timer: Pin<Box<Sleep>>,
    /// How many of the first bytes agree with the HTTP/2 preface.
    preface: usize,
}

/// Clear-text HTTP/2 has its own floods and no honest client here: proxies speak 1.1 inside.
pub(super) const PREFACE: &[u8] = b"PRI * ";

impl GuardedIo {
    fn new(stream: TcpStream, ticket: Ticket) -> Self {
        let timer = Box::pin(sleep_until(Instant::now() + ticket.gate.limits.head));
        Self { stream, ticket, timer, preface: 0 }
    }

    /// Fails when the deadline of the present stage has passed; else arms the timer for it.
    fn keep_deadline(&mut self, cx: &mut Context<'_>) -> Result<(), io::Error> {
        let connection = &self.ticket.connection;
        connection.waker.register(cx.waker());
        if connection.shed.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let deadline = connection.deadline(&self.ticket.gate.limits);
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            ended("slow");
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }

    fn came(&mut self, bytes: &[u8]) -> Result<(), io::Error> {
        let left = PREFACE.get(self.preface..).unwrap_or_default();
        let same = left.iter().zip(bytes).take_while(|(one, other)| one == other).count();
        let differs = same < left.len().min(bytes.len());
        self.preface = if differs { usize::MAX } else { self.preface.saturating_add(same) };
        if self.preface == PREFACE.len() {
            ended("http2");
            return Err(io::ErrorKind::Unsupported.into());
        }
        let connection = &self.ticket.connection;
        if !bytes.is_empty() && connection.state().stage == Stage::Idle {
            connection.enter(Stage::Head);
        }
        Ok(())
    }

    /// Notes whether the peer takes our bytes.
    fn wrote(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        {
            let mut state = self.ticket.connection.state();
            match &result {
                Poll::Pending if state.stalled.is_none() => state.stalled = Some(Instant::now()),
                Poll::Ready(Ok(_)) => {
                    state.stalled = None;
                    if state.stage == Stage::Idle {
                        state.since = Instant::now();
                    }
                }
                _ => {}
            }
        }
        // After an answer hyper does not ask to read again while an earlier read is pending, so
        // the deadline of the next stage is armed here.
        self.keep_deadline(cx)?;
        result
    }
}

impl AsyncRead for GuardedIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.keep_deadline(cx)?;
        let before = buf.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(cx, buf);
        if result.is_ready() {
            this.came(buf.filled().get(before..).unwrap_or_default())?;
        }
        result
    }
}

impl AsyncWrite for GuardedIo {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.wrote(cx, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.wrote(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
