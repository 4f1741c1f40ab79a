//! The serial line between a simulated board and the console: how fast bytes go, and which get lost.
//!
//! Time is counted in [`Tick`]s, so small that both a millisecond and a byte are whole numbers of them: then no
//! rounding depends on how the caller cuts time. 115200 baud with 8N1 is 10 bits per byte, 11.52 bytes per ms.
//!
//! It models what a console must cope with on an ESP8266 (128 bytes of FIFO each way, a receive ring of 256 bytes,
//! bytes lost while interrupts are off), and no electrical faults.

use std::collections::VecDeque;

/// A moment or a span of a board's time, from the moment it was switched on.
pub(super) type Tick = u64;

/// Ticks in a millisecond.
pub(super) const TICKS_PER_MILLI: Tick = 1152;
/// Ticks that one byte takes at 115200 baud.
pub(super) const TICKS_PER_BYTE: Tick = 100;
/// Ticks in a second.
pub(super) const TICKS_PER_SECOND: Tick = 1000 * TICKS_PER_MILLI;

/// Bytes that the UART's hardware holds in each direction.
const FIFO_BYTES: u64 = 128;
/// Bytes in the receive ring that the interrupt handler fills (A278: HardwareSerial.cpp:36).
const RING_BYTES: usize = 256;

/// What the board sends: bytes queue up and leave at the line's rate, never faster.
#[derive(Debug, Default)]
pub(super) struct Sender {
    queue: VecDeque<Piece>,
    done_at: Tick,
}

/// Bytes that leave without a pause.
#[derive(Debug)]
struct Piece {
    start: Tick,
    bytes: Vec<u8>,
    sent: usize,
}

impl Sender {
    /// Queues bytes at `now`, and says when the processor may go on: it waits until the rest fits the FIFO.
    pub(super) fn send(&mut self, now: Tick, bytes: Vec<u8>) -> Tick {
        let start = self.done_at.max(now);
        self.done_at = start + bytes.len() as Tick * TICKS_PER_BYTE;
        self.queue.push_back(Piece { start, bytes, sent: 0 });
        now.max(self.done_at.saturating_sub(FIFO_BYTES * TICKS_PER_BYTE))
    }

    /// When the last queued byte has left: what `Serial.flush()` waits for.
    pub(super) fn done_at(&self) -> Tick {
        self.done_at
    }

    /// Appends the bytes that have left up to `now`.
    pub(super) fn take_sent(&mut self, now: Tick, out: &mut Vec<u8>) {
        while let Some(piece) = self.queue.front_mut() {
            let complete = now.saturating_sub(piece.start) / TICKS_PER_BYTE;
            let complete = complete.min(piece.bytes.len() as Tick) as usize;
            if complete > piece.sent {
                out.extend_from_slice(&piece.bytes[piece.sent..complete]);
                piece.sent = complete;
            }
            if piece.sent < piece.bytes.len() {
                return;
            }
            self.queue.pop_front();
        }
    }
}

/// What the board receives: bytes arrive at the line's rate and wait until the firmware reads them.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    arriving: VecDeque<(Tick, u8)>,
    last_arrival: Tick,
    ring: VecDeque<u8>,
    /// The latest span with interrupts off, and how many bytes have come during it.
    deaf: (Tick, Tick),
    deaf_bytes: u64,
    /// Before this nothing is received at all: the UART is being set up.
    off_until: Tick,
}

impl Receiver {
    /// The other end sends bytes at `now`: each arrives one byte time after the one before it.
    pub(super) fn arrive(&mut self, now: Tick, bytes: &[u8]) {
        for &byte in bytes {
            self.last_arrival = self.last_arrival.max(now) + TICKS_PER_BYTE;
            self.arriving.push_back((self.last_arrival, byte));
        }
    }

    /// Interrupts were off from `start` to `end`: the FIFO alone takes what comes meanwhile.
    pub(super) fn set_deaf(&mut self, start: Tick, end: Tick) {
        self.deaf = (start, end);
        self.deaf_bytes = 0;
    }

    /// The chip restarts: what waits is gone, and so is what comes before `until`.
    pub(super) fn reset(&mut self, until: Tick) {
        self.ring.clear();
        self.off_until = until;
    }

    /// When there is a byte to read, if one is known of.
    pub(super) fn next_at(&self, now: Tick) -> Option<Tick> {
        if self.ring.is_empty() { self.arriving.front().map(|(tick, _)| *tick) } else { Some(now) }
    }

    /// Lets the bytes in that have arrived up to `now`, and loses those that find no room.
    pub(super) fn let_in(&mut self, now: Tick) {
        while let Some(&(tick, byte)) = self.arriving.front()
            && tick <= now
        {
            self.arriving.pop_front();
            let is_deaf = self.deaf.0 < tick && tick <= self.deaf.1;
            let has_room = if is_deaf {
                self.deaf_bytes += 1;
                self.deaf_bytes <= FIFO_BYTES
            } else {
                self.ring.len() < RING_BYTES
            };
            if has_room && tick > self.off_until {
                self.ring.push_back(byte);
            }
        }
    }

    /// The next byte that has arrived.
    pub(super) fn read(&mut self) -> Option<u8> {
        self.ring.pop_front()
    }
}

/// What a UART that listens at 115200 baud makes of a text sent at 74880: the boot ROM's greeting as a console shows
/// it. Bits are sampled in their middle, and a wrong stop bit is ignored, as most adapters do.
pub(super) fn boot_rom_heard_at_115200(text: &[u8]) -> Vec<u8> {
    const SENT_BAUD: u64 = 74_880;
    const HEARD_BAUD: u64 = 115_200;
    // Every byte is 10 bits: start (0), eight data bits from the lowest, stop (1).
    let level = |half_bits: u64| -> bool {
        // Time comes in halves of a heard bit.
        let bit = half_bits * SENT_BAUD / (2 * HEARD_BAUD);
        match (text.get((bit / 10) as usize), bit % 10) {
            (Some(_), 0) => false,
            (Some(byte), data @ 1..=8) => byte >> (data - 1) & 1 == 1,
            _ => true,
        }
    };
    let end = text.len() as u64 * 10 * 2 * HEARD_BAUD / SENT_BAUD;
    let mut heard = Vec::new();
    let mut time = 0;
    while time < end {
        if level(time) {
            time += 1; // idle: waits for a start bit
            continue;
        }
        let byte = (0..8).fold(0, |byte, bit| byte | u8::from(level(time + 3 + 2 * bit)) << bit);
        heard.push(byte);
        time += 20;
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_at_the_lines_rate() {
        let mut sender = Sender::default();
        assert_eq!(sender.send(50, vec![b'a'; 100]), 50, "the FIFO takes it all");
        assert_eq!(sender.send(60, vec![b'b'; 100]), 50 + 72 * TICKS_PER_BYTE, "the processor waits");
        let mut out = Vec::new();
        sender.take_sent(149, &mut out);
        assert_eq!(out, b"");
        sender.take_sent(150, &mut out);
        assert_eq!(out, b"a");
        sender.take_sent(50 + 101 * TICKS_PER_BYTE, &mut out);
        assert_eq!((out.len(), out[100]), (101, b'b'));
        sender.take_sent(sender.done_at(), &mut out);
        assert_eq!(out.len(), 200);
    }

    #[test]
    fn a_second_is_11520_bytes() {
        let mut sender = Sender::default();
        sender.send(0, vec![0; 20_000]);
        let mut out = Vec::new();
        sender.take_sent(TICKS_PER_SECOND, &mut out);
        assert_eq!(out.len(), 11_520);
    }

    #[test]
    fn the_ring_keeps_256_bytes_and_the_fifo_128() {
        let mut receiver = Receiver::default();
        receiver.arrive(0, &[b'x'; 400]);
        receiver.let_in(1_000_000);
        assert_eq!(std::iter::from_fn(|| receiver.read()).count(), 256);

        receiver.arrive(1_000_000, &[b'x'; 400]);
        receiver.set_deaf(1_000_000, 2_000_000);
        receiver.let_in(2_000_000);
        assert_eq!(std::iter::from_fn(|| receiver.read()).count(), 128);

        receiver.reset(3_000_000);
        receiver.arrive(2_500_000, b"lost");
        receiver.arrive(3_000_000, b"kept");
        receiver.let_in(4_000_000);
        assert_eq!(std::iter::from_fn(|| receiver.read()).collect::<Vec<_>>(), b"kept");
    }

    #[test]
    fn the_boot_rom_is_unreadable_but_has_its_length() {
        let text = b"\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n";
        let heard = boot_rom_heard_at_115200(text);
        assert!(heard.iter().any(|byte| *byte > 127), "{heard:?}");
        assert!(!String::from_utf8_lossy(&heard).contains("ets"));
        // Each heard byte takes at least 10 bits of 115200 baud.
        assert!(heard.len() as u64 * 10 * 74_880 <= (text.len() as u64 * 10 + 10) * 115_200);
        assert!(heard.len() > text.len() / 2);
    }
}
