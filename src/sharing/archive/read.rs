//! Reads the file of a recording, in pieces of any size, into a [`Recorder`].
//!
//! What is not such a file, or is damaged, is refused with a sentence; what was read before the damage is kept. Nothing in a
//! file can make it take more memory than its bytes: lines and records have bounds, and a length is believed only as far as
//! bytes come.

use super::{LONGEST_LINE_BYTES, MARK_KINDS, MOST_BYTES, NAME, VERSION};
use crate::heap::Millis;
use crate::recording::{MarkKind, Recorder, Source};
use crate::words::sharing as words;

/// A file that is being read. See the [format](super).
#[derive(Default)]
pub struct ArchiveReader {
    /// The beginning of a line or of a record's bytes, which has not ended yet.
    held: Vec<u8>,
    /// Number of bytes that were read of the file, and where the last record began.
    place: u64,
    record: u64,
    expected: Expected,
    last: Millis,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Expected {
    #[default]
    Header,
    Line,
    /// The bytes of a log, so many and the line feed behind them, that arrived then.
    Bytes(usize, Millis),
    /// Of a record that is not known.
    Skipped(usize),
    /// Nothing: the end was there.
    Nothing,
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is something else.
    NotARecording,
    /// A newer page has written it.
    Newer(u32),
    /// What stands at this byte cannot be.
    Damaged(u64),
    /// Its end is missing; what it has is good.
    CutShort,
    /// It would take more than so many bytes.
    TooLarge(u64),
}

impl Refusal {
    /// What is the matter.
    pub fn what(&self) -> String {
        match self {
            Refusal::NotARecording => words::NOT_A_RECORDING.to_owned(),
            Refusal::Newer(version) => words::newer(*version, VERSION),
            Refusal::Damaged(place) => words::damaged(*place),
            Refusal::CutShort => words::CUT_SHORT.to_owned(),
            Refusal::TooLarge(most) => words::too_large(*most),
        }
    }

    /// What to do.
    pub fn next(&self) -> &'static str {
        match self {
            Refusal::NotARecording => words::CHOOSE_AGAIN,
            Refusal::Newer(_) => words::LOAD_ANEW,
            Refusal::Damaged(_) | Refusal::CutShort => words::COPY_AGAIN,
            Refusal::TooLarge(_) => words::READ_ELSEWHERE,
        }
    }
}

impl ArchiveReader {
    /// Takes the next bytes of the file, uncompressed, and puts what they say into the recorder, which has to be a new one.
    /// After an error no more are to be given; what came before it is good.
    pub fn feed(&mut self, mut bytes: &[u8], recorder: &mut Recorder) -> Result<(), Refusal> {
        while !bytes.is_empty() {
            let (taken, record) = match self.expected {
                Expected::Nothing => return Ok(()),
                Expected::Header | Expected::Line => self.take_line(bytes)?,
                // With the line feed behind them.
                Expected::Bytes(left, _) | Expected::Skipped(left) => (bytes.len().min(left + 1), None),
            };
            let (now, later) = bytes.split_at(taken);
            bytes = later;
            match (self.expected, record) {
                (Expected::Bytes(left, at), _) => self.take_bytes(now, left, at, recorder)?,
                (Expected::Skipped(left), _) => {
                    let is_done = now.len() > left;
                    self.expected =
                        if is_done { Expected::Line } else { Expected::Skipped(left - now.len()) };
                }
                (_, Some(line)) => self.take_record(&line, recorder)?,
                _ => {}
            }
            self.place += taken as u64;
            if self.held.is_empty() {
                self.record = self.place;
            }
        }
        Ok(())
    }

    /// Nothing follows: an error where the end was not there. What was read is good all the same.
    pub fn finish(&self) -> Result<(), Refusal> {
        match self.expected {
            Expected::Header => Err(Refusal::NotARecording),
            Expected::Nothing => Ok(()),
            _ => Err(Refusal::CutShort),
        }
    }

    /// The line that ends in these bytes, and how many of them belong to it.
    fn take_line(&mut self, bytes: &[u8]) -> Result<(usize, Option<String>), Refusal> {
        let end = memchr::memchr(b'\n', bytes);
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if self.held.len() + part.len() > LONGEST_LINE_BYTES {
            return Err(self.refusal());
        }
        self.held.extend_from_slice(part);
        if self.expected == Expected::Header && !could_be_header(&self.held) {
            return Err(Refusal::NotARecording);
        }
        let Some(end) = end else { return Ok((bytes.len(), None)) };
        match String::from_utf8(std::mem::take(&mut self.held)) {
            Ok(line) => Ok((end + 1, Some(line))),
            Err(_) => Err(self.refusal()),
        }
    }

    fn refusal(&self) -> Refusal {
        match self.expected {
            Expected::Header => Refusal::NotARecording,
            _ => Refusal::Damaged(self.record),
        }
    }

    fn take_record(&mut self, line: &str, recorder: &mut Recorder) -> Result<(), Refusal> {
        if self.expected == Expected::Header {
            let version = line.strip_prefix(NAME).and_then(|rest| rest.trim().parse().ok());
            return match version {
                Some(VERSION) => {
                    self.expected = Expected::Line;
                    Ok(())
                }
                Some(version) if version > VERSION => Err(Refusal::Newer(version)),
                _ => Err(Refusal::NotARecording),
            };
        }
        let damaged = Refusal::Damaged(self.record);
        let length = match line.rsplit_once(' ') {
            Some((_, last)) if last.starts_with('+') => {
                let length = last[1..].parse::<usize>().ok().filter(|length| *length <= MOST_BYTES);
                Some(length.ok_or(damaged.clone())?)
            }
            _ => None,
        };
        let mut words = line.splitn(4, ' ');
        let kind = words.next().unwrap_or_default();
        match (kind, length) {
            ("bytes", Some(length)) => {
                let at = self.time(words.next()).ok_or(damaged)?;
                self.expected = Expected::Bytes(length, at);
            }
            (_, Some(length)) => self.expected = Expected::Skipped(length),
            ("mark", None) => {
                let at = self.time(words.next()).ok_or(damaged.clone())?;
                let name = words.next().ok_or(damaged)?;
                let text = words.next().unwrap_or_default().trim_end();
                let known = MARK_KINDS.iter().find(|(_, known)| *known == name);
                match known.map(|(kind, _)| *kind) {
                    Some(kind @ (MarkKind::Connection | MarkKind::Gap)) => {
                        recorder.mark(at, kind, text);
                    }
                    Some(kind) => recorder.note(at, kind, text),
                    None => {}
                }
            }
            ("source", None) => {
                let kind = words.next();
                let name = || line.splitn(3, ' ').nth(2).unwrap_or_default().trim_end().to_owned();
                recorder.came_from(match kind {
                    Some("text") => Source::Text { name: name() },
                    Some("demo") => Source::Saved { name: words::DEMO_BOARD.to_owned() },
                    _ => Source::Saved { name: name() },
                });
            }
            ("firmware", None) => {
                let id = words.next();
                recorder.overrule(id);
            }
            ("end", None) => self.expected = Expected::Nothing,
            _ => {}
        }
        Ok(())
    }

    /// A time, which never falls.
    fn time(&mut self, word: Option<&str>) -> Option<Millis> {
        let at = Millis(word?.parse().ok()?);
        let fits = at >= self.last;
        self.last = self.last.max(at);
        fits.then_some(at)
    }

    fn take_bytes(
        &mut self,
        now: &[u8],
        left: usize,
        at: Millis,
        recorder: &mut Recorder,
    ) -> Result<(), Refusal> {
        let (log, end) = now.split_at(left.min(now.len()));
        recorder.append(log, at);
        self.expected = match end {
            [] => Expected::Bytes(left - log.len(), at),
            [b'\n'] => Expected::Line,
            _ => return Err(Refusal::Damaged(self.place + log.len() as u64)),
        };
        Ok(())
    }
}

/// Whether this is the beginning of a header.
fn could_be_header(begin: &[u8]) -> bool {
    let name = NAME.as_bytes();
    let common = begin.len().min(name.len());
    begin[..common] == name[..common]
}
