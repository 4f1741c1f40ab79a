//! A program's snapshot: the file that knows the names behind the numbers in encoded messages.
//!
//! Compiling a Toit program gives `<uuid>.snapshot`; `jag` and `toit` keep it on the developer's computer
//! (`~/.cache/jaguar/snapshots`, `~/.local/state/toit/snapshots`). Only its source map is read, and only to name:
//! `class 37` becomes `Sensor`, `#0 bci 5836` becomes `#0 Sensor.read main.toit:12:5`. What is no snapshot, or a damaged
//! one, is `None`. A snapshot that was stripped has no source map, and so no names.
//!
//! Written after the sources of both sides, toitlang/toit src/ar.cc, src/snapshot_bundle.cc:30-108,
//! src/compiler/source_mapper.cc (the writers) and tools/snapshot.toit:180-330, 880-1330, tools/mirror.toit:48-100
//! (the reader). **No real snapshot was at hand to check it with.**
//!
//! # Format
//!
//! ```text
//! file     = "!<arch>\n" member*                                  an archive of ar (src/ar.cc:24-47)
//! member   = NAME[16] …[32] SIZE[10] "`\n" content [ "\n" ]       blanks behind; the "\n" makes sizes even
//! members  = "toit": "like a tiger", "sdk-version", "snapshot", "uuid": 16 bytes, "source-map": segment*
//! segment  = TAG u32 SIZE u32 …                                   little-endian; SIZE with these 8 bytes
//!
//! strings  = 70177018: n ( length byte* )*                        the first; text is an index into it
//! methods  = 70177019: n method*
//! classes  = 70177020: n ( super+1 location text:name text:path text:shown-path line column n text* )*
//! method   = id bytecodes u8:type ( u8:0 | u8:1 outer ) text:name text:holder text:path text:shown-path
//!            line column n ( bci line column )* n ( bci text )*
//! ```
//!
//! Numbers are LEB128 where nothing else is said. Older compilers end a method with `n ( n n u8 text )*` of their
//! publish-subscribe calls; it is told by whether the segment comes out even. A method's id is where it lies among the
//! bytecodes of the program: 4 bytes of header, then `bytecodes` bytes; `bci` counts from behind the header.
//! Types: 0 a class's method (`outer` is the class), 1 a global's initializer, 2 a lambda and 3 a block (`outer` is the
//! method around), 4 a function.

use crate::dialect::scan::split_once;
use crate::dialect::{Extra, What};

/// A larger file is something else: the largest programs have a few MB.
const MAX_FILE_BYTES: usize = 64 << 20;

/// So many programs are known by name at once. A board runs at most 10 (src/os_esp32.cc:819).
const MAX_SNAPSHOTS: usize = 16;

/// Blocks within blocks.
const MAX_NESTING: usize = 32;

// This is read once a file: what is called from many places is kept in one, for the page is compiled for speed and
// weighed all the same.

const METHOD_HEADER_BYTES: u32 = 4;

/// The programs whose names are known.
#[derive(Default)]
pub(super) struct Snapshots(Vec<Snapshot>);

impl Snapshots {
    /// Takes the file if it is a snapshot, and says what it is.
    pub(super) fn take(&mut self, file: &[u8]) -> Option<String> {
        let snapshot = Snapshot::read(file)?;
        let summary = snapshot.summary();
        self.0.retain(|known| known.program != snapshot.program);
        if self.0.len() == MAX_SNAPSHOTS {
            self.0.remove(0);
        }
        self.0.push(snapshot);
        Some(summary)
    }

    /// Puts names in place of numbers in what one of these programs said.
    pub(super) fn name(&self, what: &mut What) {
        let extras = match what {
            What::Report(report) => &report.extras,
            What::Event(event) => &event.extras,
            _ => return,
        };
        let said_by = |snapshot: &&Snapshot| {
            extras.iter().any(|(name, extra)| {
                *name == "program" && matches!(extra, Extra::Text(program) if *program == snapshot.program)
            })
        };
        if let Some(snapshot) = self.0.iter().find(said_by) {
            snapshot.name(what);
        }
    }
}

/// The names of one program.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    program: String,
    /// All texts in a row.
    characters: String,
    /// Where each begins; one more, where the last ends.
    texts: Vec<usize>,
    /// The name of each class.
    classes: Vec<Text>,
    /// In the order of their ids.
    methods: Vec<Method>,
    positions: Vec<Position>,
}

/// A text's place among all.
type Text = u32;

#[derive(Clone, Debug)]
struct Method {
    id: u32,
    bytecodes: u32,
    kind: u8,
    outer: Option<u32>,
    name: Text,
    holder: Text,
    path: Text,
    line: u32,
    column: u32,
    /// Its places in [`Snapshot::positions`].
    positions: std::ops::Range<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Position {
    bci: u32,
    line: u32,
    column: u32,
}

impl Snapshot {
    /// Reads a file. `None` when it is no snapshot, or damaged.
    #[inline(never)]
    pub(super) fn read(file: &[u8]) -> Option<Snapshot> {
        let mut rest = file.strip_prefix(b"!<arch>\n").filter(|_| file.len() <= MAX_FILE_BYTES)?;
        let (mut snapshot, mut is_tiger) = (Snapshot::default(), false);
        while let Some((name, content, behind)) = member(rest) {
            rest = behind;
            match name {
                b"toit" => is_tiger = content == b"like a tiger",
                b"uuid" => snapshot.program = uuid(content)?,
                b"source-map" => snapshot.read_source_map(content)?,
                _ => {}
            }
        }
        (is_tiger && rest.is_empty() && !snapshot.program.is_empty()).then_some(snapshot)
    }

    /// What it is, in a few words.
    fn summary(&self) -> String {
        let program = self.program.get(..8).unwrap_or_default();
        match (self.classes.len(), self.methods.len()) {
            (0, 0) => format!("Toit program {program}…, stripped of its names"),
            (classes, methods) => format!(
                "Toit program {program}…, {} classes, {} methods",
                with_thousands(classes),
                with_thousands(methods)
            ),
        }
    }

    fn read_source_map(&mut self, mut bytes: &[u8]) -> Option<()> {
        while !bytes.is_empty() {
            let mut cursor = Cursor(bytes);
            let (tag, size) = (cursor.word()?, usize::try_from(cursor.word()?).ok()?);
            let content = bytes.get(8..size)?;
            bytes = &bytes[size..];
            match tag {
                70_177_018 => self.read_texts(content)?,
                70_177_019 => {
                    self.read_methods(content, false).or_else(|| self.read_methods(content, true))?
                }
                70_177_020 => self.read_classes(content)?,
                _ => {}
            }
        }
        Some(())
    }

    fn read_texts(&mut self, content: &[u8]) -> Option<()> {
        let mut cursor = Cursor(content);
        self.characters.clear();
        self.texts.clear();
        for _ in 0..cursor.number()? {
            self.texts.push(self.characters.len());
            let length = usize::try_from(cursor.number()?).ok()?;
            self.characters.push_str(&String::from_utf8_lossy(cursor.bytes(length)?));
        }
        self.texts.push(self.characters.len());
        cursor.is_at_end()
    }

    fn read_classes(&mut self, content: &[u8]) -> Option<()> {
        let mut cursor = Cursor(content);
        self.classes.clear();
        for _ in 0..cursor.number()? {
            let (_super, _location) = (cursor.number()?, cursor.number()?);
            self.classes.push(self.known(cursor.number()?)?);
            let (_path, _shown_path, _line, _column) =
                (cursor.number()?, cursor.number()?, cursor.number()?, cursor.number()?);
            for _ in 0..cursor.number()? {
                let _field = cursor.number()?;
            }
        }
        cursor.is_at_end()
    }

    fn read_methods(&mut self, content: &[u8], has_subscriptions: bool) -> Option<()> {
        let mut cursor = Cursor(content);
        self.methods.clear();
        self.positions.clear();
        for _ in 0..cursor.number()? {
            let (id, bytecodes, kind) = (cursor.number()?, cursor.number()?, cursor.byte()?);
            let outer = match cursor.byte()? {
                0 => None,
                1 => Some(cursor.number()?),
                _ => return None,
            };
            let (name, holder) = (self.known(cursor.number()?)?, self.known(cursor.number()?)?);
            let (_path, path) = (cursor.number()?, self.known(cursor.number()?)?);
            let (line, column) = (cursor.number()?, cursor.number()?);
            let first = self.positions.len();
            for _ in 0..cursor.number()? {
                let (bci, line, column) = (cursor.number()?, cursor.number()?, cursor.number()?);
                self.positions.push(Position { bci, line, column });
            }
            let positions = first..self.positions.len();
            for _ in 0..cursor.number()? {
                let (_bci, _class) = (cursor.number()?, cursor.number()?);
            }
            if has_subscriptions {
                for _ in 0..cursor.number()? {
                    let (_bci, _target, _has_topic, _topic) =
                        (cursor.number()?, cursor.number()?, cursor.byte()?, cursor.number()?);
                }
            }
            self.methods.push(Method {
                id,
                bytecodes,
                kind,
                outer,
                name,
                holder,
                path,
                line,
                column,
                positions,
            });
        }
        crate::heap::order::sort_by_key(&mut self.methods, |method| method.id.into());
        cursor.is_at_end()
    }

    #[inline(never)]
    fn known(&self, text: u32) -> Option<Text> {
        (usize::try_from(text).ok()? + 1 < self.texts.len()).then_some(text)
    }

    #[inline(never)]
    fn text(&self, text: Text) -> &str {
        let place = text as usize;
        self.texts
            .get(place)
            .zip(self.texts.get(place + 1))
            .and_then(|(&begin, &end)| self.characters.get(begin..end))
            .unwrap_or_default()
    }

    fn class(&self, id: u64) -> Option<&str> {
        let name = self.classes.get(usize::try_from(id).ok()?)?;
        Some(self.text(*name))
    }

    fn method(&self, id: u32) -> Option<&Method> {
        self.methods.binary_search_by_key(&id, |method| method.id).ok().map(|place| &self.methods[place])
    }

    /// `Sensor.read.<block>`
    #[inline(never)]
    fn method_name(&self, method: &Method) -> String {
        let (mut method, mut inner) = (method, Vec::new());
        while let (2 | 3, Some(outer)) = (method.kind, method.outer.and_then(|id| self.method(id))) {
            inner.push(if method.kind == 2 { ".<lambda>" } else { ".<block>" });
            method = outer;
            if inner.len() == MAX_NESTING {
                break;
            }
        }
        let class = method.outer.filter(|_| method.kind == 0).and_then(|id| self.class(id.into()));
        let (holder, name) = (class.unwrap_or(self.text(method.holder)), self.text(method.name));
        let mut whole = match (holder, name) {
            ("", _) => name.to_owned(),
            // Without a name of its own it is called as its class is.
            (_, "constructor") => holder.to_owned(),
            _ => format!("{holder}.{name}"),
        };
        inner.iter().rev().for_each(|part| whole.push_str(part));
        whole
    }

    /// The method in which this bytecode is, and where it is in the source: `Sensor.read`, `main.toit:12:5`.
    fn frame(&self, bci: u32) -> Option<(String, String)> {
        let place = self.methods.partition_point(|method| method.id <= bci).checked_sub(1)?;
        let method = &self.methods[place];
        // Behind the last method there is nothing.
        let offset = bci - method.id;
        if offset >= method.bytecodes.saturating_add(METHOD_HEADER_BYTES) {
            return None;
        }
        let positions = self.positions.get(method.positions.clone()).unwrap_or_default();
        let exact = offset
            .checked_sub(METHOD_HEADER_BYTES)
            .and_then(|bci| positions.iter().find(|position| position.bci == bci));
        let (line, column) =
            exact.map_or((method.line, method.column), |position| (position.line, position.column));
        let path = self.text(method.path).replace('\\', "/");
        Some((self.method_name(method), format!("{path}:{line}:{column}")))
    }

    fn name(&self, what: &mut What) {
        let extras = match what {
            What::Report(report) => {
                for row in &mut report.categories {
                    if let Some(name) = number_behind(&row.name, "class ").and_then(|id| self.class(id)) {
                        row.name = name.to_owned().into();
                    }
                }
                &mut report.extras
            }
            What::Event(event) => {
                self.name_instances(&mut event.text);
                &mut event.extras
            }
            _ => return,
        };
        for (name, extra) in extras {
            match (*name, extra) {
                ("message" | "value", Extra::Text(text)) => self.name_instances(text),
                ("stack", Extra::List(frames)) => self.name_frames(frames),
                ("methods", Extra::List(rows)) => {
                    for row in rows {
                        self.name_method(row);
                    }
                }
                _ => {}
            }
        }
    }

    /// Up to the frame in which the program was started, as the firmware's own decoder does (mirror.toit:48-55).
    #[inline(never)]
    fn name_frames(&self, frames: &mut Vec<String>) {
        for place in 0..frames.len() {
            let named = split_once(&frames[place], " bci ").and_then(|(index, bci)| {
                let (method, position) = self.frame(bci.parse().ok()?)?;
                Some((format!("{index} {method} {position}"), method.starts_with("__entry__")))
            });
            match named {
                Some((_, true)) => return frames.truncate(place),
                Some((frame, false)) => frames[place] = frame,
                None => {}
            }
        }
    }

    /// `method 96: 41 ticks`
    fn name_method(&self, row: &mut String) {
        let name = row.strip_prefix("method ").and_then(|rest| {
            let end = rest.bytes().position(|byte| byte == b':')?;
            let name = self.method_name(self.method(rest[..end].parse().ok()?)?);
            Some(name + &rest[end..])
        });
        if let Some(name) = name {
            *row = name;
        }
    }

    /// `instance of class 37`, once or often, in a text.
    #[inline(never)]
    fn name_instances(&self, text: &mut String) {
        const WORDS: &str = "instance of class ";
        let (mut named, mut rest) = (String::new(), text.as_str());
        while let Some((before, behind)) = split_once(rest, WORDS) {
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            let (id, after) = behind.split_at(digits);
            named.push_str(before);
            match id.parse().ok().and_then(|id| self.class(id)) {
                Some(name) => {
                    named.push_str("instance of ");
                    named.push_str(name);
                }
                None => {
                    named.push_str(WORDS);
                    named.push_str(id);
                }
            }
            rest = after;
        }
        if !named.is_empty() {
            named.push_str(rest);
            *text = named;
        }
    }
}

/// The number that a text has behind a word, and nothing else.
fn number_behind(text: &str, word: &str) -> Option<u64> {
    text.strip_prefix(word)?.parse().ok()
}

/// The program's UUID in words; `None` for zeros, which stand for no single program.
pub(super) fn uuid(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    if *bytes == [0; 16] {
        return None;
    }
    let mut text = String::new();
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Some(text)
}

/// The name and the content of the archive's next member, and what follows it.
fn member(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(60)?;
    if !head.ends_with(b"`\n") {
        return None;
    }
    let size: usize = std::str::from_utf8(&head[48..58]).ok()?.trim_end_matches(' ').parse().ok()?;
    let (content, rest) = rest.split_at_checked(size)?;
    let name = head[..16].trim_ascii_end();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    // The last member's filler may be missing.
    Some((name, content, rest.get(size % 2..).unwrap_or_default()))
}

/// Reads numbers off the front.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Four bytes, the lowest first.
    fn word(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes))
    }

    /// Seven bits a byte, the lowest first. The writer's numbers are 31 bits long.
    #[inline(never)]
    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    fn is_at_end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// `3 021`, for a sentence.
#[inline(never)]
fn with_thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
