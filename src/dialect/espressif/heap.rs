//! `CORRUPT HEAP: Bad tail at 0x3ffb4b5c. Expected 0xbaad5678 got 0x00005678`: ESP-IDF's own checks of its heaps.

use crate::dialect::scan::split_once;
use crate::dialect::{Event, EventKind, Extra};

const CRY: &str = "CORRUPT HEAP: ";

/// Reads it anywhere in a line.
pub(super) fn read(line: &str) -> Option<Event> {
    let at = super::find_cry(line, CRY)?;
    let text = line[at..].trim_end();
    let mut event = Event::new(EventKind::HeapCorrupted, text);
    // `Bad head at %p. Expected 0x%08x got 0x%08x`, `Invalid data at …`, `Size at %p expected <=0x%08x got 0x%08x`,
    // `multi_heap.c:%d detected at 0x%08x`.
    let mut rest = text.get(CRY.len()..).unwrap_or("");
    for (name, word) in [("address", " at "), ("expected", "xpected "), ("found", " got ")] {
        let Some((value, after)) = behind(rest, word) else { continue };
        event.extras.push((name, value));
        rest = after;
    }
    Some(event)
}

/// The hexadecimal number behind a word, which `<=` may precede.
fn behind<'a>(text: &'a str, word: &str) -> Option<(Extra, &'a str)> {
    let (_, rest) = split_once(text, word)?;
    let rest = rest.strip_prefix("<=").unwrap_or(rest).strip_prefix("0x")?;
    let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let value = u32::from_str_radix(&rest[..digits], 16).ok()?;
    Some((Extra::Text(format!("{value:#010x}")), &rest[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_values() {
        let extras = |line: &str| read(line).map(|event| event.extras);
        let text = |text: &str| Extra::Text(text.into());
        let found =
            extras("x CORRUPT HEAP: Bad tail at 0x3ffb4b5c. Expected 0xbaad5678 got 0x00005678").unwrap();
        assert_eq!(
            found,
            [
                ("address", text("0x3ffb4b5c")),
                ("expected", text("0xbaad5678")),
                ("found", text("0x00005678"))
            ]
        );
        let found = extras("CORRUPT HEAP: Size at 0x3ffb4b5c expected <=0x00000010 got 0x00000040").unwrap();
        assert_eq!(found[1], ("expected", text("0x00000010")));
        assert_eq!(extras("CORRUPT HEAP: multi_heap.c:432 detected at 0x3ffb4b5c").unwrap().len(), 1);
        assert_eq!(extras("  CORRUPT HEAP: "), Some(Vec::new()));
        // In the middle of a line, it ends that.
        assert_eq!(extras("A CORRUPT HEAP: is what it says"), None);
        assert_eq!(extras("A CORRUPT HEAP"), None);
    }
}
