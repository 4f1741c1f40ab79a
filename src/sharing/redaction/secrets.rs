//! What a secret is, and where in a line of a log one stands.
//!
//! Three kinds of places are known: [sentences](super::sentences) and calls, [keys](super::keys) with their values, and
//! [shapes](super::shapes) that speak for themselves, [links](super::links) and [positions](super::positions) among them. A
//! line is looked at alone; that a name from one line stands in another is the [parent](super)'s business.
//!
//! It does not know figures, and refuses to guess: what has neither a known word before it nor a shape of its own is not a
//! secret.
//!
//! ```
//! use heapscope::sharing::redaction::{Secret, secrets};
//!
//! let line = br#"WIF: {"SSId":"Workshop","IPAddress":"192.168.1.20"}"#;
//! let found: Vec<_> = secrets(line).into_iter().map(|found| (found.secret, &line[found.place])).collect();
//! assert_eq!(found, [(Secret::Network, &b"Workshop"[..]), (Secret::Address, b"192.168.1.20")]);
//! ```

use std::ops::Range;

use super::escapes::Plain;
use super::line::Line;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// The name of a wireless network.
    Network,
    /// A password or a passphrase.
    Password,
    /// A hardware address (MAC, BSSID): where a network stands is known from it.
    Hardware,
    /// An IP address of version 4.
    Address,
    /// An IP address of version 6.
    LongAddress,
    /// The name of a board, a computer or a server.
    Host,
    /// The name of a user, or a mail address.
    User,
    /// A key, a token, a cookie.
    Token,
    /// A latitude or a longitude.
    Position,
}

/// A secret, and where in the line it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its first byte, and the one behind it. Colours in its middle are within it.
    pub place: Range<usize>,
    /// What it is.
    pub secret: Secret,
}

/// All of a line, in order; none overlaps another.
pub fn secrets(line: &[u8]) -> Vec<Found> {
    let plain = Plain::of(line);
    let mut found = in_text(&plain.text);
    for found in &mut found {
        found.place = plain.in_line(found.place.clone());
    }
    found
}

/// As [`secrets`], of a line without escape sequences.
pub(super) fn in_text(text: &[u8]) -> Vec<Found> {
    let mut found = Line::look_through(text);
    if found.is_empty() {
        return found;
    }
    found.sort_by_key(|found| (found.place.start, usize::MAX - found.place.end));
    let mut end = 0;
    found.retain_mut(|found| is_left(&mut found.place, &mut end));
    found
}

/// What is left of a place behind those that are taken, up to `end`; whether anything is. Of places sorted by their start,
/// the longer one first, none overlaps another then, and no byte of any is forgotten.
pub(super) fn is_left(place: &mut Range<usize>, end: &mut usize) -> bool {
    place.start = place.start.max(*end);
    *end = place.end.max(*end);
    place.start < place.end
}
