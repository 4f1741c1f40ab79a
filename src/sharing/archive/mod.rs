//! The file of a recording, `.heapscope`: every byte with the time at which it came, and the marks between them.
//!
//! # The format, version 1
//!
//! A gzip file (RFC 1952), so that `zcat` shows it to anyone. In it a header, and then records, one after the other, until the
//! end. A record is a line of words with one blank between them, in UTF-8, at most [`LONGEST_LINE_BYTES`] long; where its last
//! word is `+` and a number, so many bytes follow it, and a line feed behind these, which is not counted.
//!
//! ```text
//! heapscope 1                            the header: the version of the format
//! source port CP2102                     or `source demo`, or `source text NAME`: where the bytes came from
//! firmware tasmota                       only where a person has said which firmware it is
//! bytes 1204 +36                         these bytes arrived 1,204 ms after the recording began, or a line ended then
//! 18:36:07.615-024 CMD: Status 4
//! mark 9310 gap Bytes were lost.         between the bytes before and behind it: sent, connection, gap, unanswered, answered
//! end                                    the whole recording is here
//! ```
//!
//! Times never fall. A file without its `end` was cut short; what it has is good. Records that a reader does not know are
//! skipped: a newer version of the page may write more of them. The number in the header changes only when an old reader would
//! understand something wrongly; each version has its own reader then, which hands the same [`Recorder`] on.
//!
//! What a log says is not in the file: it is read again, by readers that may have become better meanwhile.
//! Compression is not done here: the browser has its own, and the command another.
//!
//! ```
//! use heapscope::heap::Millis;
//! use heapscope::recording::{Recorder, Source};
//! use heapscope::sharing::archive::{ArchiveReader, Writer};
//!
//! let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
//! recorder.feed(b"18:36:07.615-024 CMD: Status 4\r\n", Millis(1_204));
//! let file: Vec<u8> = Writer::new(&recorder).flatten().collect();
//! assert!(file.starts_with(b"heapscope 1\nsource port CP2102\nbytes 1204 +32\n18:36:07"));
//!
//! let (mut reader, mut restored) = (ArchiveReader::default(), Recorder::new(Source::Saved { name: String::new() }));
//! reader.feed(&file, &mut restored).unwrap();
//! assert_eq!(reader.finish(), Ok(()));
//! assert_eq!(restored.recording().log().to_bytes(), recorder.recording().log().to_bytes());
//! ```

mod read;

use super::redaction::Redaction;
use crate::heap::Millis;
use crate::recording::{Log, MarkKind, Recorder, Row, Source};

pub use read::{ArchiveReader, Refusal};

/// The version that is written.
pub const VERSION: u32 = 1;

/// The first word of every file.
const NAME: &str = "heapscope";

/// What every file begins with, uncompressed; no log does.
pub const SIGNATURE: &[u8] = b"heapscope ";

/// No line of words is longer. What people named is cut to it.
pub const LONGEST_LINE_BYTES: usize = 4_096;

/// So many bytes stand behind one record, at most.
pub const MOST_BYTES: usize = 1 << 20;

/// A piece that is written is about so large.
const PIECE_BYTES: usize = 64 << 10;

const MARK_KINDS: [(MarkKind, &str); 5] = [
    (MarkKind::Sent, "sent"),
    (MarkKind::Connection, "connection"),
    (MarkKind::Gap, "gap"),
    (MarkKind::Unanswered, "unanswered"),
    (MarkKind::Answered, "answered"),
];

/// Writes a recording piece by piece: an iterator over the bytes of the file before it is compressed. What comes meanwhile
/// is written, too.
pub struct Writer<'a> {
    recorder: &'a Recorder,
    redaction: Option<&'a Redaction>,
    /// The next row, and the first byte that is not written yet.
    row: u64,
    position: u64,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Header,
    Rows,
    Done,
}

impl<'a> Writer<'a> {
    /// Writes all of a recording, every byte as it came.
    pub fn new(recorder: &'a Recorder) -> Self {
        Writer { recorder, redaction: None, row: 0, position: 0, state: State::Header }
    }

    /// Replaces the secrets on the way.
    pub fn redacted(self, redaction: &'a Redaction) -> Self {
        Writer { redaction: Some(redaction), ..self }
    }

    fn log(&self) -> &'a Log {
        self.recorder.recording().log()
    }

    fn header(&self, out: &mut Vec<u8>) {
        line(out, &format!("{NAME} {VERSION}"));
        match self.recorder.recording().source() {
            Source::Port { name } | Source::Saved { name } => {
                line(out, &format!("source port {}", one_line(name)))
            }
            Source::Demo => line(out, "source demo"),
            Source::Text { name } => line(out, &format!("source text {}", one_line(name))),
        }
        if let Some(info) = self.recorder.overruled_by() {
            line(out, &format!("firmware {}", info.id));
        }
    }

    /// The byte behind this line and its end.
    fn end_of(&self, line: u64) -> u64 {
        let log = self.log();
        log.line_start(line + 1).unwrap_or_else(|| {
            // The last line: its end belongs to it, what follows is a line that has not ended.
            log.byte_count() - self.recorder.partial_line().len() as u64
        })
    }

    fn bytes(&mut self, at: Millis, end: u64, out: &mut Vec<u8>) {
        while self.position < end {
            let length = usize::try_from(end - self.position).unwrap_or(usize::MAX).min(MOST_BYTES);
            let bytes = self.log().bytes(self.position, length);
            self.position += length as u64;
            let bytes = match self.redaction {
                Some(redaction) => redaction.redacted(&bytes),
                None => bytes,
            };
            line(out, &format!("bytes {} +{}", at.0, bytes.len()));
            out.extend_from_slice(&bytes);
            out.push(b'\n');
        }
    }

    fn mark(&self, index: usize, out: &mut Vec<u8>) {
        let Some(mark) = self.log().marks().get(index) else { return };
        let Some((_, kind)) = MARK_KINDS.iter().find(|(kind, _)| *kind == mark.kind) else { return };
        let text = match self.redaction {
            Some(redaction) => {
                String::from_utf8_lossy(&redaction.redacted(mark.text.as_bytes())).into_owned()
            }
            None => mark.text.clone(),
        };
        line(out, &format!("mark {} {kind} {}", mark.at.0, one_line(&text)));
    }
}

impl Iterator for Writer<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match self.state {
            State::Done => return None,
            State::Header => {
                self.header(&mut out);
                self.state = State::Rows;
            }
            State::Rows => {}
        }
        while out.len() < PIECE_BYTES {
            match self.log().row(self.row) {
                Some(Row::Mark(index)) => self.mark(index, &mut out),
                Some(Row::Line(number)) => {
                    let at = self.log().arrival(number).unwrap_or_default();
                    // Lines that came together are written together. A secret is looked for in a line: with a redaction each
                    // stands alone.
                    let mut last = number;
                    while self.redaction.is_none()
                        && matches!(self.log().row(self.row + 1), Some(Row::Line(_)))
                        && self.log().arrival(last + 1) == Some(at)
                        && self.end_of(last) - self.position < PIECE_BYTES as u64
                    {
                        (last, self.row) = (last + 1, self.row + 1);
                    }
                    self.bytes(at, self.end_of(last), &mut out);
                }
                None => {
                    // A line that has not ended may have begun before the last mark: its time is that of its end.
                    let marked = self.log().marks().last().map_or(Millis(0), |mark| mark.at);
                    let at = self.recorder.last_arrival().max(marked);
                    self.bytes(at, self.log().byte_count(), &mut out);
                    line(&mut out, "end");
                    self.state = State::Done;
                    break;
                }
            }
            self.row += 1;
        }
        Some(out)
    }
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// A text that people or systems made, as part of a line: no control characters, and not too long.
fn one_line(text: &str) -> String {
    const LONGEST: usize = LONGEST_LINE_BYTES / 2;
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let end = (0..=LONGEST.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    let text = &text[..end];
    // A last word that would announce bytes.
    match text.rsplit(' ').next() {
        Some(last) if last.starts_with('+') => format!("{text} "),
        _ => text.to_owned(),
    }
}
