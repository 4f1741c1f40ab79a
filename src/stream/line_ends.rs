//! Where the CRs and LFs of a chunk stand, found 64 bytes at a time.
//!
//! Lines of logs are short: a search that starts anew behind each line end takes longer to start than to search.
//! It refuses to say what the ends mean; the [`LineDecoder`](super::LineDecoder) does.
//!
//! ```text
//! LineEnds::new(b"one\r\ntwo\n")   gives 3, 4, 8
//! ```

use wide::u8x16;

/// So many bytes at once: a bit of an `u64` each.
const BLOCK_BYTES: usize = 64;

/// The positions of CR and LF in order.
pub struct LineEnds<'a> {
    chunk: &'a [u8],
    /// Where the present block begins.
    block: usize,
    /// What was found in the block and not handed out: a bit each.
    found: u64,
}

impl<'a> LineEnds<'a> {
    pub fn new(chunk: &'a [u8]) -> Self {
        LineEnds { chunk, block: 0, found: in_block_at(chunk, 0) }
    }

    /// The next one at `from` or behind it; those before it are passed over.
    #[inline]
    pub fn next_from(&mut self, from: usize) -> Option<usize> {
        if from >= self.block + BLOCK_BYTES {
            *self = LineEnds { chunk: self.chunk, block: from, found: in_block_at(self.chunk, from) };
        }
        loop {
            while self.found == 0 {
                self.block += BLOCK_BYTES;
                if self.block >= self.chunk.len() {
                    return None;
                }
                self.found = in_block_at(self.chunk, self.block);
            }
            let place = self.block + self.found.trailing_zeros() as usize;
            self.found &= self.found - 1;
            if place >= from {
                return Some(place);
            }
        }
    }
}

/// How long the end of a line is that stands there: LF has one byte, CR LF two. `None` for anything else, and for a CR
/// behind which nothing stands yet.
#[inline(always)]
pub fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..)? {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// The CRs and LFs in the 64 bytes from `at` on, or in those that are left.
#[inline]
fn in_block_at(chunk: &[u8], at: usize) -> u64 {
    match chunk.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(block) => in_block(block),
        None => {
            let mut block = [0; BLOCK_BYTES];
            let rest = chunk.get(at..).unwrap_or_default();
            block[..rest.len()].copy_from_slice(rest);
            in_block(&block)
        }
    }
}

#[inline]
fn in_block(block: &[u8; BLOCK_BYTES]) -> u64 {
    let (sixteens, _) = block.as_chunks();
    sixteens.iter().enumerate().fold(0, |found, (place, sixteen)| {
        let bytes = u8x16::new(*sixteen);
        let ends = bytes.simd_eq(u8x16::splat(b'\r')) | bytes.simd_eq(u8x16::splat(b'\n'));
        found | u64::from(ends.to_bitmask()) << (16 * place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn as_one_byte_at_a_time(
            chunk in proptest::collection::vec(proptest::sample::select(b"ab\r\n\x8a\x8d\x00".to_vec()), 0..200),
            from in 0usize..200,
        ) {
            let mut ends = LineEnds::new(&chunk);
            let found: Vec<_> = std::iter::from_fn(|| ends.next_from(from)).collect();
            let expected: Vec<_> =
                (from..chunk.len()).filter(|&at| matches!(chunk[at], b'\r' | b'\n')).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
