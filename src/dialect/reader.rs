//! Bytes in, findings out: the line decoder and all dialects behind it.

use std::borrow::Cow;

use super::detection::{Detected, Detection};
use super::gate::{End, Front, Sequel};
use super::{ALL, Dialect, Finding, Info, Line, Output, What};
use crate::stream::{HostTime, LineDecoder, RawLine, Sink, ansi, capture};

/// Reads a log in whatever pieces it comes. Cutting it differently never changes the findings.
pub struct Reader {
    decoder: LineDecoder,
    dialects: Dialects,
}

/// All dialects, and which of them speaks.
struct Dialects {
    all: Vec<Entry>,
    detection: Detection,
    lines: u64,
    /// A file with names was taken: what is found may have to be named.
    has_symbols: bool,
    concerns: Concerns,
    /// The stamp of the last line: what is handed out when the log ends came with it.
    host_time: Option<HostTime>,
}

struct Entry {
    dialect: Box<dyn Dialect>,
    info: &'static Info,
}

/// Which dialects a line may concern: a bit each, by their places.
struct Concerns {
    /// By [`Front::place`].
    by_front: [Bits; FRONTS],
    /// By [`End::place`].
    by_end: [Bits; ENDS],
    /// These have something open.
    open: Bits,
    /// These are asked at all.
    asked: Bits,
}

/// One bit for each dialect.
type Bits = u16;

/// Not a dialect's: something may stand in front of the line that no board printed.
const DRESSED: Bits = 1 << 15;

const _: () = assert!(ALL.len() < Bits::BITS as usize);

const FRONTS: usize = 4 * 256;
const ENDS: usize = 2 * 256;

impl Front {
    /// Its place in a table of all.
    fn place(self) -> usize {
        let Front { first, sequel } = self;
        usize::from(first) | (sequel as usize) << 8
    }

    fn at(place: usize) -> Self {
        let sequel = [Sequel::Other, Sequel::Clock, Sequel::Address, Sequel::Bar][place >> 8];
        Front { first: place as u8, sequel }
    }
}

impl End {
    /// Its place in a table of all.
    fn place(self) -> usize {
        let End { last, is_word } = self;
        usize::from(last) | usize::from(is_word) << 8
    }

    fn at(place: usize) -> Self {
        End { last: place as u8, is_word: place >> 8 != 0 }
    }
}

impl Concerns {
    fn of(all: &[Entry]) -> Self {
        let bits = |holds: &dyn Fn(&dyn Dialect) -> bool| {
            let places = all.iter().enumerate().filter(|(_, entry)| holds(&*entry.dialect));
            places.fold(0, |bits, (place, _)| bits | 1 << place)
        };
        Concerns {
            by_front: std::array::from_fn(|place| {
                let front = Front::at(place);
                let dressed = if capture::may_be_dressed(front.first) { DRESSED } else { 0 };
                bits(&|dialect| dialect.may_begin_with(front)) | dressed
            }),
            by_end: std::array::from_fn(|place| bits(&|dialect| dialect.may_end_with(End::at(place)))),
            open: bits(&|dialect| dialect.is_open()),
            asked: !DRESSED,
        }
    }

    /// The dialects that a line may concern, by its ends alone; and whether it may be [`DRESSED`].
    #[inline(always)]
    fn by_ends(&self, line: &[u8]) -> Bits {
        match (Front::of(line), End::of(line)) {
            (Some(front), Some(end)) => self.by_front[front.place()] | self.by_end[end.place()],
            _ => 0,
        }
    }
}

impl Default for Reader {
    fn default() -> Self {
        Reader::with(ALL.iter().map(|make| make()).collect())
    }
}

impl Reader {
    /// A reader of these dialects alone.
    pub fn with(all: Vec<Box<dyn Dialect>>) -> Self {
        let entry = |dialect: Box<dyn Dialect>| Entry { info: dialect.info(), dialect };
        let all: Vec<_> = all.into_iter().map(entry).collect();
        let dialects = Dialects {
            concerns: Concerns::of(&all),
            all,
            detection: Detection::default(),
            lines: 0,
            has_symbols: false,
            host_time: None,
        };
        Reader { decoder: LineDecoder::default(), dialects }
    }

    /// Takes the next bytes. Every finding is appended.
    pub fn feed(&mut self, chunk: &[u8], findings: &mut Vec<Finding>) {
        let Reader { decoder, dialects } = self;
        // Looked at once as a whole: nearly all chunks are text without colours, and their lines need no second look.
        let (text_begin, text) = text_within(chunk);
        let begin = decoder.position();
        let escape = escape_from(chunk, 0);
        let mut lines = Lines { chunk, begin, text_begin, text, escape, dialects, findings };
        decoder.feed_to(chunk, &mut lines);
    }

    /// The log ends, or bytes were lost here: hands out the line that was begun and what dialects have open.
    pub fn flush(&mut self, findings: &mut Vec<Finding>) {
        let Reader { decoder, dialects } = self;
        decoder.flush(|raw| dialects.line_as_it_came(raw.bytes, findings));
        dialects.finish(findings);
    }

    /// Another board may follow: what is known of this one is forgotten. Flush first, or what is open is lost.
    pub fn forget_board(&mut self) {
        for entry in &mut self.dialects.all {
            entry.dialect.forget();
        }
        self.dialects.concerns.open = 0;
        self.dialects.detection.forget();
    }

    /// A person says which firmware it is: `id` is its [`Info::id`]. From here on the other firmwares' dialects
    /// are not asked. `None` takes it back. An id that is no firmware's changes nothing.
    pub fn overrule(&mut self, id: Option<&str>) {
        let Dialects { all, detection, concerns, .. } = &mut self.dialects;
        let is_firmware = |entry: &Entry| entry.dialect.board().is_some();
        let place = id.map(|id| all.iter().position(|entry| entry.info.id == id && is_firmware(entry)));
        let told = match place {
            None => None,
            Some(Some(place)) => Some(place),
            Some(None) => return,
        };
        detection.tell(told);
        // Allocators and chips may speak in any firmware's log.
        let is_silenced = |place: usize| told.is_some_and(|told| told != place) && is_firmware(&all[place]);
        concerns.asked =
            (0..all.len()).filter(|&place| !is_silenced(place)).fold(0, |bits, place| bits | 1 << place);
    }

    /// Takes a file with names, and says what it is: see [`Dialect::take_symbols`]. What is found from here on has the
    /// names; for what was found before, see [`Reader::name`]. `None` when no dialect knows such a file.
    pub fn take_symbols(&mut self, file: &[u8]) -> Option<String> {
        let what_it_is = self.dialects.all.iter_mut().find_map(|entry| entry.dialect.take_symbols(file));
        self.dialects.has_symbols |= what_it_is.is_some();
        what_it_is
    }

    /// Puts names where only numbers stand, in something that the dialect of this id found.
    pub fn name(&self, dialect: &str, what: &mut What) {
        let known = self.dialects.all.iter().find(|entry| entry.info.id == dialect);
        if let Some(known) = known {
            known.dialect.name(what);
        }
    }

    /// Number of lines so far.
    pub fn lines(&self) -> u64 {
        self.dialects.lines
    }

    /// The beginning of a line that has not ended yet.
    pub fn partial(&self) -> &[u8] {
        self.decoder.partial()
    }

    /// Whether a report is being printed right now.
    pub fn is_inside_report(&self) -> bool {
        self.dialects.all.iter().any(|entry| entry.dialect.is_inside_report())
    }

    /// The firmware that speaks, as soon as there is a sign of one.
    pub fn detected(&self) -> Option<Detected<'_>> {
        let (place, sureness) = self.dialects.detection.verdict()?;
        let entry = self.dialects.all.get(place)?;
        Some(Detected { info: entry.info, board: entry.dialect.board()?, sureness })
    }

    /// What a person said, if anything: see [`Reader::overrule`].
    pub fn overruled_by(&self) -> Option<&'static Info> {
        Some(self.dialects.all.get(self.dialects.detection.told()?)?.info)
    }
}

/// A chunk whose lines go to the dialects.
struct Lines<'a> {
    chunk: &'a [u8],
    /// Position of its first byte.
    begin: u64,
    text_begin: usize,
    /// What is text of it, from `text_begin` on.
    text: &'a str,
    /// Where the next [`ansi::ESCAPE`] stands that no line before had.
    escape: usize,
    dialects: &'a mut Dialects,
    findings: &'a mut Vec<Finding>,
}

impl Sink for Lines<'_> {
    #[inline(always)]
    fn line(&mut self, raw: RawLine<'_>) {
        // A line that began in an earlier chunk is not in this one's text.
        let place = raw.start.wrapping_sub(self.begin) as usize;
        let end = place.wrapping_add(raw.bytes.len());
        match self.text.get(place.wrapping_sub(self.text_begin)..end.wrapping_sub(self.text_begin)) {
            Some(text) if end <= self.escape => self.dialects.line(text, self.findings),
            _ => self.dialects.line_as_it_came(raw.bytes, self.findings),
        }
        if self.escape < end && end <= self.chunk.len() {
            self.escape = escape_from(self.chunk, end);
        }
    }

    #[inline(always)]
    fn run(&mut self, _rest: &[u8], start: u64) -> usize {
        match self.dialects.only_open() {
            None => 0,
            Some(place) => self.rows_of(place, start),
        }
    }
}

impl Lines<'_> {
    /// Lines behind a report's begin that go on with it: most are its rows.
    #[inline(never)]
    fn rows_of(&mut self, dialect: usize, start: u64) -> usize {
        let place = (start - self.begin) as usize;
        let end = self.escape.min(self.text_begin + self.text.len());
        let text = self.text.get(place.wrapping_sub(self.text_begin)..end - self.text_begin);
        let (Some(text), Some(entry)) = (text, self.dialects.all.get_mut(dialect)) else { return 0 };
        let run = entry.dialect.goes_on(self.dialects.lines, text);
        if run.lines > 0 {
            self.dialects.lines += run.lines;
            self.dialects.host_time = None;
        }
        run.bytes
    }
}

fn escape_from(chunk: &[u8], from: usize) -> usize {
    memchr::memchr(ansi::ESCAPE, &chunk[from..]).map_or(usize::MAX, |at| from + at)
}

impl Dialects {
    /// The place of the dialect that has something open, if it is the only one.
    #[inline(always)]
    fn only_open(&self) -> Option<usize> {
        let open = self.concerns.open & self.concerns.asked;
        open.is_power_of_two().then(|| open.trailing_zeros() as usize)
    }

    /// A line that may have colours, and need not be UTF-8.
    #[inline(never)]
    fn line_as_it_came(&mut self, bytes: &[u8], findings: &mut Vec<Finding>) {
        self.line(&readable(bytes), findings);
    }

    #[inline(always)]
    fn line(&mut self, text: &str, findings: &mut Vec<Finding>) {
        let bytes = text.as_bytes();
        let by_ends = self.concerns.by_ends(bytes);
        // Nearly all lines are as the board printed them.
        if by_ends & DRESSED != 0 && capture::is_dressed(bytes) {
            return self.dressed_line(text, findings);
        }
        self.host_time = None;
        self.bare_line(text, by_ends, findings);
    }

    #[inline(never)]
    fn dressed_line(&mut self, text: &str, findings: &mut Vec<Finding>) {
        let undressed = capture::undress(text);
        self.host_time = undressed.host_time;
        self.bare_line(undressed.text, self.concerns.by_ends(undressed.text.as_bytes()), findings);
    }

    #[inline(always)]
    fn bare_line(&mut self, text: &str, by_ends: Bits, findings: &mut Vec<Finding>) {
        let line = Line { number: self.lines, text };
        self.lines += 1;
        let concerned = (by_ends | self.concerns.open) & self.concerns.asked;
        self.each(concerned, findings, |dialect, output| dialect.line(&line, output));
    }

    fn finish(&mut self, findings: &mut Vec<Finding>) {
        let asked = self.concerns.asked;
        self.each(asked, findings, |dialect, output| {
            dialect.finish(output);
            dialect.is_open()
        });
    }

    /// Has each of these dialects do something, and names what that finds. `act` says whether the dialect has something
    /// open then.
    #[inline(always)]
    fn each(
        &mut self,
        mut bits: Bits,
        findings: &mut Vec<Finding>,
        mut act: impl FnMut(&mut dyn Dialect, &mut Output<'_>) -> bool,
    ) {
        let Dialects { all, detection, concerns, has_symbols, host_time, .. } = self;
        let known = if *has_symbols { findings.len() } else { usize::MAX };
        for (place, Entry { dialect, info }) in all.iter_mut().enumerate() {
            let bit = 1 << place;
            if bits & bit == 0 {
                continue;
            }
            let is_open = act(&mut **dialect, &mut Output { findings, detection, info, place, host_time });
            if is_open {
                concerns.open |= bit;
            } else {
                concerns.open &= !bit;
            }
            bits &= !bit;
            if bits == 0 {
                break;
            }
        }
        if known < findings.len() {
            self.name_from(known, findings);
        }
    }

    #[cold]
    fn name_from(&self, known: usize, findings: &mut [Finding]) {
        for finding in &mut findings[known..] {
            let speaker = self.all.iter().find(|entry| entry.info.id == finding.dialect);
            if let Some(speaker) = speaker {
                speaker.dialect.name(&mut finding.what);
            }
        }
    }
}

/// Where a chunk begins to be text, and how far it is: its lines can be taken from there as they are. At either end it
/// may have cut a character.
fn text_within(chunk: &[u8]) -> (usize, &str) {
    let begin = chunk.iter().take(3).take_while(|byte| matches!(byte, 0x80..=0xBF)).count();
    let rest = &chunk[begin..];
    let text = match simdutf8::compat::from_utf8(rest) {
        Ok(text) => text,
        Err(error) => simdutf8::basic::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
    };
    (begin, text)
}

/// The line as text without colours; borrowed in the common case.
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match ansi::strip(bytes) {
        Cow::Borrowed(bytes) => match str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        },
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
