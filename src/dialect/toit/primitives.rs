//! The names of Toit's primitives: what the virtual machine was doing when memory ran out.
//!
//! A marker says `primitive 3:4`: module and index. Both are counted anew in every build, in the order of
//! src/primitive.h, so that a release which adds a primitive moves those behind it. `primitives.txt` holds a line for
//! each module and span of releases in which its list is the same: the module's number, the first and last
//! `v2.0.0-alpha.N`, the module's name, the primitives' names from index 0. Of modules 0 and 1 only the name is
//! known, and of those behind 22 nothing. It begins where markers begin to name primitives.
//!
//! ```text
//! primitive 3:4 of v2.0.0-alpha.189 = udp.send, of v2.0.0-alpha.190 = udp.connect
//! ```

use super::text;

/// The first and the last v2.0.0-alpha whose numbers are known.
const KNOWN: std::ops::RangeInclusive<u32> = 147..=195;

static LISTS: &str = include_str!("primitives.txt");

/// Modules 0 to 22.
const MODULES: usize = 23;

/// Where the lines of each module begin in [`LISTS`]; behind the last one, its end. The lines stand in the order of modules.
static BEGINS: [usize; MODULES + 1] = begins();

const fn begins() -> [usize; MODULES + 1] {
    let text = LISTS.as_bytes();
    let (mut begins, mut next, mut at) = ([text.len(); MODULES + 1], 0, 0);
    while at < text.len() {
        let (line, mut module) = (at, 0);
        while text[at] != b' ' {
            module = module * 10 + (text[at] - b'0') as usize;
            at += 1;
        }
        while next <= module {
            begins[next] = line;
            next += 1;
        }
        while text[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    begins
}

/// The lines of a module.
fn lines_of(module: u64) -> &'static str {
    let ends = usize::try_from(module).ok().and_then(|module| Some((module, module.checked_add(1)?)));
    ends.and_then(|(module, next)| LISTS.get(*BEGINS.get(module)?..*BEGINS.get(next)?)).unwrap_or_default()
}

/// What the numbers of a primitive can mean.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meanings {
    /// The module's name, when it is the same in all releases that it can be.
    pub module: Option<&'static str>,
    /// `udp.send`: all names that it can be, in the order of the releases. Empty when one of them is not known.
    pub names: Vec<String>,
}

/// A line: its first and last release, and its words from the module's name on.
fn read(line: &str) -> Option<(u32, u32, impl Iterator<Item = &str>)> {
    let (_, rest) = text::digits(line)?;
    let (first, rest) = text::digits(rest.strip_prefix(' ')?)?;
    let (last, rest) = text::digits(rest.strip_prefix(' ')?)?;
    let rest = rest.strip_prefix(' ')?;
    let mut begin = 0;
    let ends = memchr::memchr_iter(b' ', rest.as_bytes()).chain([rest.len()]);
    let words = ends.map(move |end| &rest[std::mem::replace(&mut begin, end + 1)..end]);
    Some((u32::try_from(first).ok()?, u32::try_from(last).ok()?, words))
}

/// The names of a primitive. Without a release whose numbers are known, of all releases.
pub(super) fn meanings(module: u64, index: u64, alpha: Option<u32>) -> Meanings {
    let releases = match alpha.filter(|alpha| KNOWN.contains(alpha)) {
        Some(alpha) => alpha..=alpha,
        None => KNOWN,
    };
    let mut meanings = Meanings::default();
    // The lines of a module stand in the order of releases: each goes on where the one before ended.
    let (mut next, mut modules, mut is_known) = (*releases.start(), 0, true);
    for line in lines_of(module).lines() {
        let Some((first, last, mut words)) = read(line) else { continue };
        if last < *releases.start() || first > *releases.end() {
            continue;
        }
        is_known &= first <= next;
        next = last + 1;
        let name = words.next().unwrap_or_default();
        if meanings.module != Some(name) {
            (meanings.module, modules) = (Some(name), modules + 1);
        }
        match usize::try_from(index).ok().and_then(|index| words.nth(index)) {
            Some(primitive) => {
                let is_it = |full: &String| {
                    full.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) == Some(primitive)
                };
                if !meanings.names.iter().any(is_it) {
                    meanings.names.push([name, ".", primitive].concat());
                }
            }
            None => is_known = false,
        }
    }
    is_known &= next > *releases.end();
    if !is_known {
        meanings.names.clear();
    }
    if modules > 1 {
        meanings.module = None;
    }
    meanings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(primitive: (u64, u64), alpha: Option<u32>, module: Option<&str>, names: &[&str]) {
        let meanings = meanings(primitive.0, primitive.1, alpha);
        assert_eq!(meanings.module, module, "{primitive:?} of {alpha:?}");
        assert_eq!(meanings.names, names, "{primitive:?} of {alpha:?}");
    }

    #[test]
    fn names_move_between_releases() {
        check((3, 4), Some(189), Some("udp"), &["udp.send"]);
        check((3, 4), Some(190), Some("udp"), &["udp.connect"]);
        check((6, 2), Some(176), Some("i2c"), &["i2c.write"]);
        check((6, 2), Some(177), Some("i2c"), &["i2c.bus_close"]);
        check((4, 9), Some(147), Some("tls"), &["tls.read"]);
        check((13, 17), Some(147), Some("crypto"), &["crypto.aes_cbc_crypt"]);
        check((13, 45), Some(195), Some("crypto"), &["crypto.random"]);
        check((14, 0), Some(160), Some("encoding"), &["encoding.base64_encode"]);
        check((14, 0), Some(161), Some("crypto_random"), &["crypto_random.random"]);
        check((21, 30), Some(169), Some("ble"), &["ble.start_gatt_server"]);
    }

    #[test]
    fn without_a_known_release_only_what_all_releases_agree_on_is_one_name() {
        for alpha in [None, Some(140), Some(196)] {
            check((2, 6), alpha, Some("tcp"), &["tcp.write"]);
            check((3, 4), alpha, Some("udp"), &["udp.send", "udp.connect"]);
            check((14, 0), alpha, None, &["encoding.base64_encode", "crypto_random.random"]);
        }
    }

    #[test]
    fn what_is_not_known_has_no_name() {
        // Its index is beyond the list, in all or in some releases; its module is not listed, or has no list.
        check((3, 10), Some(189), Some("udp"), &[]);
        check((3, 10), None, Some("udp"), &[]);
        check((40, 1), Some(189), None, &[]);
        check((0, 3), Some(189), Some("core"), &[]);
        check((3, u64::MAX), Some(189), Some("udp"), &[]);
        check((22, 1), None, None, &[]);
    }

    #[test]
    fn the_lines_of_a_module_are_found() {
        for module in 0..30_u64 {
            let own = format!("{module} ");
            let expected: Vec<_> = LISTS.lines().filter(|line| line.starts_with(&own)).collect();
            assert_eq!(lines_of(module).lines().collect::<Vec<_>>(), expected, "{module}");
            assert_eq!(expected.is_empty(), module >= MODULES as u64, "{module}");
        }
        assert_eq!(lines_of(u64::MAX), "");
    }

    #[test]
    fn every_line_can_be_read() {
        for line in LISTS.lines() {
            let words: Vec<_> = line.split(' ').collect();
            let numbers: Vec<u32> = words[..3].iter().map(|word| word.parse().unwrap()).collect();
            assert!(
                KNOWN.contains(&numbers[1]) && KNOWN.contains(&numbers[2]) && numbers[1] <= numbers[2],
                "{line}"
            );
            assert!(words[3..].iter().all(|word| !word.is_empty()), "{line}");
        }
    }
}
