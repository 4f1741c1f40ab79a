//! The layouts of the heap report, and which of them a table shows.
//!
//! The report does not say which release printed it, but each layout has rows, words or widths that others have not:
//!
//! | layout | releases | what shows it (src/os_esp32.cc, at the commit) |
//! |---|---|---|
//! | L1 | v0.16.0 – alpha.21 | old names (`null tag`); nothing behind the percentage (2e493a4d8) |
//! | L2 | alpha.22 – alpha.50 | new names (`untagged`); the free memory behind the percentage (e12dd0510, 7ab626548) |
//! | L3 | alpha.51 – alpha.117 | `process 0x…`, `GC heap metadata`, `Spare new-space` under `toit`; counts one wider (ba2524cb5) |
//! | L3b | never released | the same with `process 0 UUID` (the draft of 96249b82c) |
//! | L4 | alpha.118 – alpha.146 | `toit processes`, `heap metadata`, `spare new-space`; marker `out of memory` (96249b82c) |
//! | L5 | alpha.147 – | the same, marker `out of memory in …` (c9d5c60e1) |
//!
//! The names are facts, the number of blanks only counts where all rows agree: pasting changes blanks.

/// Some of the layouts L1 to L5: what a table can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layouts(u8);

impl Layouts {
    pub const L1: Layouts = Layouts(1);
    pub const L2: Layouts = Layouts(1 << 1);
    pub const L3: Layouts = Layouts(1 << 2);
    pub const L3B: Layouts = Layouts(1 << 3);
    pub const L4: Layouts = Layouts(1 << 4);
    pub const L5: Layouts = Layouts(1 << 5);
    pub const ANY: Layouts = Layouts((1 << 6) - 1);
    /// Those with `toit processes` and an extra row for each of the collector's tables.
    pub const WITH_PROCESSES: Layouts = Layouts::L4.or(Layouts::L5);
    /// Those with parts below `toit`.
    pub const WITH_PARTS: Layouts = Layouts::L3.or(Layouts::L3B);

    pub const fn or(self, other: Layouts) -> Layouts {
        Layouts(self.0 | other.0)
    }

    pub const fn and(self, other: Layouts) -> Layouts {
        Layouts(self.0 & other.0)
    }

    pub const fn without(self, other: Layouts) -> Layouts {
        Layouts(self.0 & !other.0)
    }

    /// The name and the releases, when it is known at all which ones it can be.
    pub fn words(self) -> Option<(String, String)> {
        if self == Layouts::ANY || self.0 == 0 {
            return None;
        }
        if self == Layouts::L3B {
            return Some(("L3b".into(), "an unreleased draft".into()));
        }
        // The draft was never released: it is meant only where nothing else can be.
        let possible = self.without(Layouts::L3B).0;
        let name = |bit: u32| NAMES.get(bit as usize).copied().unwrap_or_default();
        let (first, first_release, _) = name(possible.trailing_zeros());
        let (last, _, last_release) = name(7 - possible.leading_zeros());
        let layout = match first == last {
            true => first.to_owned(),
            false => [first, " to ", last].concat(),
        };
        let releases = match last_release {
            "" => [first_release, " or later"].concat(),
            _ => [first_release, " to ", last_release].concat(),
        };
        Some((layout, releases))
    }
}

/// By bit: the layout's name, its first and its last release.
const NAMES: [(&str, &str, &str); 6] = [
    ("L1", "v0.16.0", "v2.0.0-alpha.21"),
    ("L2", "v2.0.0-alpha.22", "alpha.50"),
    ("L3", "v2.0.0-alpha.51", "alpha.117"),
    ("L3b", "", ""),
    ("L4", "v2.0.0-alpha.118", "alpha.146"),
    ("L5", "v2.0.0-alpha.147", ""),
];

/// What the names of rows say: in which layouts a row of this name stands. Names of rows that are no part of
/// another: parts have names of their own (os_esp32.cc:622-639).
const ROWS: [(&str, Layouts); 22] = [
    ("misc", Layouts::ANY),
    ("external byte array", Layouts::ANY),
    ("bignum", Layouts::L1),
    ("tls/bignum", Layouts::ANY.without(Layouts::L1)),
    ("external string", Layouts::ANY),
    ("toit", Layouts::ANY.without(Layouts::WITH_PROCESSES)),
    ("toit processes", Layouts::WITH_PROCESSES),
    // Until alpha.27.
    ("unused", Layouts::L1.or(Layouts::L2)),
    ("free", Layouts::ANY),
    ("lwip", Layouts::ANY),
    ("heap overhead", Layouts::ANY),
    ("unknown", Layouts::ANY),
    ("event source", Layouts::ANY),
    ("other threads", Layouts::L1),
    ("thread/other", Layouts::ANY.without(Layouts::L1)),
    ("thread spawn", Layouts::L1),
    ("thread/spawn", Layouts::ANY.without(Layouts::L1)),
    ("null tag", Layouts::L1),
    ("untagged", Layouts::ANY.without(Layouts::L1)),
    ("wifi", Layouts::ANY),
    ("heap metadata", Layouts::WITH_PROCESSES),
    ("spare new-space", Layouts::WITH_PROCESSES),
];

/// The same name for as long as one likes, if Toit's tables have it, and its place among them. They print it behind that of
/// the row before, so that is where it is looked for first: from `place` on.
pub(super) fn name_of_row(name: &str, place: usize) -> Option<(&'static str, usize)> {
    let mut places = (place..ROWS.len()).chain(0..place.min(ROWS.len()));
    places.find_map(|place| Some((ROWS.get(place).filter(|(known, _)| *known == name)?.0, place)))
}

/// The layouts that have a row of this name; `None` for a name that Toit's tables do not have.
pub(super) fn layouts_of_row(name: &str) -> Option<Layouts> {
    ROWS.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, layouts)| *layouts)
        .or_else(|| layouts_of_part(name))
}

/// The layouts that have a part of this name below another row; `None` for a name that no part has.
pub(super) fn layouts_of_part(name: &str) -> Option<Layouts> {
    let (who, layouts) = match name.as_bytes().first()? {
        b'p' => ("process ", Layouts::L3B),
        b's' => ("system ", Layouts::WITH_PROCESSES),
        b'c' => ("current ", Layouts::WITH_PROCESSES),
        b'o' => ("other ", Layouts::WITH_PROCESSES),
        b'G' => return (name == "GC heap metadata").then_some(Layouts::WITH_PARTS),
        b'S' => return (name == "Spare new-space").then_some(Layouts::WITH_PARTS),
        // Most names end here.
        _ => return None,
    };
    let rest = name.strip_prefix(who)?.trim_start_matches(' ');
    if who == "process " && super::text::address(rest).is_some_and(|(_, rest)| rest.is_empty()) {
        return Some(Layouts::L3);
    }
    let (_, rest) = super::text::digits(rest)?;
    is_uuid(rest.strip_prefix(' ')?).then_some(layouts)
}

/// `6cbb5b4b-1f0c-5d93-a2a8-0e9a8d3a9a10`
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(layouts: Layouts, expected: Option<(&str, &str)>) {
        let words = layouts.words();
        assert_eq!(words.as_ref().map(|(layout, releases)| (&layout[..], &releases[..])), expected);
    }

    #[test]
    fn words_for_what_it_can_be() {
        check(Layouts::L1, Some(("L1", "v0.16.0 to v2.0.0-alpha.21")));
        check(Layouts::L5, Some(("L5", "v2.0.0-alpha.147 or later")));
        check(Layouts::WITH_PROCESSES, Some(("L4 to L5", "v2.0.0-alpha.118 or later")));
        check(Layouts::WITH_PARTS, Some(("L3", "v2.0.0-alpha.51 to alpha.117")));
        check(Layouts::L3B, Some(("L3b", "an unreleased draft")));
        check(Layouts::L1.or(Layouts::L2), Some(("L1 to L2", "v0.16.0 to alpha.50")));
        check(Layouts::L1.and(Layouts::L2), None);
        check(Layouts::ANY, None);
    }

    #[test]
    fn parts_have_names_of_their_own() {
        let uuid = "6cbb5b4b-1f0c-5d93-a2a8-0e9a8d3a9a10";
        assert_eq!(layouts_of_part(&format!("system    0 {uuid}")), Some(Layouts::WITH_PROCESSES));
        assert_eq!(layouts_of_part(&format!("process   0 {uuid}")), Some(Layouts::L3B));
        assert_eq!(layouts_of_part("process 0x3ffb1c40"), Some(Layouts::L3));
        assert_eq!(layouts_of_part("GC heap metadata"), Some(Layouts::WITH_PARTS));
        assert_eq!(layouts_of_part("heap metadata"), None);
        assert_eq!(layouts_of_part(&format!("process   0 {}", &uuid[1..])), None);
        assert_eq!(layouts_of_part(&format!("user   0 {uuid}")), None);
        assert_eq!(layouts_of_row("lwip"), Some(Layouts::ANY));
        assert_eq!(layouts_of_row("my own"), None);
    }
}
