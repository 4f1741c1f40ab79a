//! What is said of a heap whose own data is destroyed.

use crate::format;

pub const NOT_SURER: &str = "No characters are missing on the way, but a wrong one could look like this: another block map shows \
                             whether it stays so.";

/// Which part of the allocator's data does not hold.
pub enum Damage<'a> {
    /// Where a block says where the next one begins (umm_malloc's NB).
    NextLink(Link<'a>),
    /// Where it says which one stands before it (PB).
    PreviousLink(Link<'a>),
    /// Where a free block names other free ones (NF, PF).
    FreeLink(Link<'a>),
    /// The list of free blocks leaves out so many.
    ListLeavesOut(u64),
    /// Two free blocks side by side.
    FreeNeighbours {
        block: u64,
        next: u64,
        address: Option<&'a str>,
    },
    /// The guard bytes behind or before a block's data.
    Poison {
        is_after: bool,
        address: Option<&'a str>,
        text: Option<&'a str>,
    },
    GivenBackTwice {
        address: &'a str,
    },
    NotOfTheHeap {
        address: &'a str,
    },
    /// ESP-IDF's guard word behind a block's data.
    Tail {
        address: &'a str,
        text: Option<String>,
    },
    /// The one before it.
    Head {
        address: &'a str,
        text: Option<String>,
    },
    /// What ESP-IDF fills free memory with.
    FreedData {
        address: &'a str,
        text: Option<String>,
    },
    Other {
        address: Option<&'a str>,
    },
}

/// A link that leads nowhere.
pub struct Link<'a> {
    pub block: u64,
    pub address: Option<&'a str>,
    pub found: Option<u64>,
    pub expected: Option<u64>,
    /// What was found, read as text.
    pub text: Option<&'a str>,
    pub before: Option<Before>,
    /// The block behind it, as its links have it, and where that lies.
    pub behind: Option<(u64, &'a str)>,
    /// Seen in a block map, in which the links around it hold.
    pub is_in_map: bool,
}

/// The block that stands before the damaged one.
pub struct Before {
    pub block: u64,
    pub address: u32,
    pub size_bytes: u32,
    pub is_free: bool,
    pub is_guard: bool,
}

impl Link<'_> {
    /// `block 7 at 0x3fff24f8`
    fn name(&self) -> String {
        match self.address {
            Some(address) => format!("block {} at {address}", self.block),
            None => format!("block {}", self.block),
        }
    }

    /// `, by the text "AA"`
    fn with(&self) -> String {
        self.text.map(|text| format!(" with the text \"{text}\"")).unwrap_or_default()
    }

    /// `link`: which of them it is. `is_right_behind`: whether what it says of the block behind it can be believed.
    fn found(&self, link: &str, is_right_behind: bool) -> String {
        let Some(found) = self.found else { return String::new() };
        let expected =
            self.expected.map(|expected| format!(", where {expected} belongs")).unwrap_or_default();
        let mut text = format!(" In {} {link} is {found}{expected}.", self.name());
        if let (Some(before), Some((behind, at))) = (&self.before, self.behind.filter(|_| is_right_behind)) {
            text.push_str(&format!(" It lies between {} and block {behind} at {at}.", before.name()));
        }
        if let Some(letters) = self.text {
            text.push_str(&format!(
                " Its two bytes are the letters \"{letters}\": search the program for a text with them."
            ));
        }
        let differs = self.expected.map(|expected| expected ^ found);
        if differs.is_some_and(|bits| bits.is_power_of_two()) {
            text.push_str(
                " Exactly one bit differs: a flag set through a wrong pointer does that, or failing memory.",
            );
        }
        text
    }
}

impl Before {
    fn name(&self) -> String {
        format!("block {} at {}", self.block, format::address(self.address))
    }

    fn described(&self) -> String {
        let size = format::exact_bytes(self.size_bytes.into());
        match self.is_free {
            true => format!(
                "{} before it ({size}) is free now: who had it last may still write there.",
                self.name()
            ),
            false => format!(
                "{} before it ({size}) is in use: its owner most likely wrote beyond its end.",
                self.name()
            ),
        }
    }
}

pub fn headline(damage: &Damage<'_>, is_past: bool) -> String {
    let what = match damage {
        Damage::NextLink(link) => {
            let before = link.before.as_ref().filter(|before| !before.is_guard);
            let by = before.map(|before| format!(", most likely from block {} before it", before.block));
            format!("the head of {} was overwritten{}{}", link.name(), link.with(), by.unwrap_or_default())
        }
        Damage::PreviousLink(link) => format!("the head of {} was overwritten{}", link.name(), link.with()),
        Damage::FreeLink(link) if link.block == 0 => {
            format!("the list of free blocks begins wrongly, in {}", link.name())
        }
        Damage::FreeLink(link) => {
            format!("{} was written to{} though it is free", link.name(), link.with())
        }
        Damage::ListLeavesOut(count) => format!(
            "the list of free blocks leaves out {} of them, so they can never be used again",
            format::count(*count)
        ),
        Damage::FreeNeighbours { block, next, .. } => {
            format!(
                "blocks {block} and {next} lie side by side and are both free, which the allocator never leaves"
            )
        }
        Damage::Poison { is_after, address, text } => format!(
            "the program wrote just {} a piece of its memory{}{}",
            if *is_after { "behind" } else { "before" },
            at(*address),
            written(*text)
        ),
        Damage::GivenBackTwice { address } => format!("memory at {address} was given back a second time"),
        Damage::NotOfTheHeap { address } => {
            format!("the program gave back memory at {address} that never came from the heap")
        }
        Damage::Tail { address, text } => {
            format!("the program wrote beyond the end of a block, at {address}{}", written(text.as_deref()))
        }
        Damage::Head { address, text } => {
            format!(
                "the word before a block's data was overwritten, at {address}{}",
                written(text.as_deref())
            )
        }
        Damage::FreedData { address, text } => {
            format!(
                "memory at {address} was written to{} after it had been given back",
                written(text.as_deref())
            )
        }
        Damage::Other { address } => format!(
            "the program wrote outside its memory{}, and the allocator's own data is damaged",
            at(*address)
        ),
    };
    let when = if is_past { " before the last restart" } else { "" };
    format!("Heap corrupted{when}: {what}.")
}

fn at(address: Option<&str>) -> String {
    address.map(|address| format!(", at {address}")).unwrap_or_default()
}

fn written(text: Option<&str>) -> String {
    text.map(|text| format!(" (\"{text}\" stands there now)")).unwrap_or_default()
}

const WHAT_A_HEAD_IS: &str = "Each block of memory begins with a few bytes in which the allocator notes where the \
                              next block begins and where the one before does.";

/// `quoted`: the firmware's own words.
pub fn explanation(quoted: Option<&str>, damage: &Damage<'_>) -> String {
    let who = match damage {
        Damage::NextLink(link) => {
            let who = match &link.before {
                Some(before) if !before.is_guard => capital(&before.described()),
                _ => "Who writes past the end of the block before hits it first.".into(),
            };
            format!("{WHAT_A_HEAD_IS}{} {who}", link.found("the link to the next block (NB)", false))
        }
        Damage::PreviousLink(link) => {
            let who = match link.is_in_map {
                true => {
                    "The two bytes before this number are in order, so it was no plain overrun from the block before, \
                     which would have hit them first. More likely the owner of this block wrote just before the \
                     beginning of its own data, or someone wrote through a pointer that is no longer right."
                }
                false => {
                    "Most likely the owner of the block before wrote beyond its end, or the owner of this one before its \
                     beginning."
                }
            };
            format!("{WHAT_A_HEAD_IS}{} {who}", link.found("the link to the block before (PB)", true))
        }
        Damage::FreeLink(link) => format!(
            "A free block holds links of the allocator's list of free memory in the place where the program's data was.{}{} \
             Most likely its former owner still writes there.",
            link.found("the link to another free block (NF or PF)", link.is_in_map),
            if link.is_in_map { " Its head is in order, so nobody ran into it from the block before." } else { "" }
        ),
        Damage::ListLeavesOut(_) => {
            "Somewhere a free block was written to by its former owner, and the list that goes through it ends early.".into()
        }
        Damage::FreeNeighbours { address, .. } => format!(
            "When a block is given back, the allocator joins it with a free neighbour at once. Where two lie side \
             by side ({}), the mark which says whether one of them is free was overwritten, mostly from the block before it.",
            address.unwrap_or_default()
        ),
        Damage::Poison { is_after, text, .. } => format!(
            "This build puts known bytes around each block (\"poison\") and looks whether they are still there. {}{}",
            match is_after {
                true => "Those behind the data are not: the owner of this very block wrote beyond its end.",
                false => "Those before the data are not: its owner wrote before its beginning, or the owner of the block \
                          before wrote beyond its end.",
            },
            text.map(|text| format!(" The letters \"{text}\" stand there now: search the program for a text with them."))
                .unwrap_or_default()
        ),
        Damage::GivenBackTwice { .. } => {
            "The block was free already when the program gave it back or resized it.".into()
        }
        Damage::NotOfTheHeap { .. } => {
            "Such an address is that of a variable, of a part of a block, or of something that was overwritten.".into()
        }
        Damage::Tail { .. } => "This build puts a known word behind each block's data. It is gone: the owner of the block that \
                                ends there wrote beyond its end."
            .into(),
        Damage::Head { .. } => "This build puts a known word before each block's data. It is gone: its owner wrote before its \
                                beginning, or the owner of the block before far beyond its end."
            .into(),
        Damage::FreedData { .. } => "This build fills memory that is given back with a known byte. Something else stands there: \
                                     its former owner still writes to it."
            .into(),
        Damage::Other { .. } => String::new(),
    };
    let quoted = quoted.map(|text| format!("The log says: {}.", text.trim_end_matches(['.', '!'])));
    let parts = [who, quoted.unwrap_or_default(), AFTER.into()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

const AFTER: &str = "After such damage anything may happen, so other judgements count less.";

fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

const OVERRUN: &str = "Find the code that has the block which was overrun, by its size: look where a buffer is filled without \
                       its length being checked. A build with poison checks names the culprit itself.";
const USE_AFTER_FREE: &str = "Look for a pointer that is still used after free or delete: in callbacks, timers and \
                              handlers that outlive what they point to.";
const STRAY: &str =
    "Look for indices below 0 and for pointers that are kept after what they point to has moved or gone.";
const TWICE: &str = "Look for two places that both give back the same memory, and set pointers to null once it is given back.";
const OTHER: &str = "Look at what lies before the damaged block: its owner most likely wrote beyond its end.";

pub fn next(damage: &Damage<'_>) -> &'static str {
    match damage {
        Damage::NextLink(_) | Damage::FreeNeighbours { .. } | Damage::Tail { .. } => OVERRUN,
        Damage::Poison { is_after: true, .. } => OVERRUN,
        Damage::PreviousLink(_) | Damage::Poison { .. } | Damage::Head { .. } => STRAY,
        Damage::FreeLink(_) | Damage::ListLeavesOut(_) | Damage::FreedData { .. } => USE_AFTER_FREE,
        Damage::GivenBackTwice { .. } | Damage::NotOfTheHeap { .. } => TWICE,
        Damage::Other { .. } => OTHER,
    }
}
