//! A text on its way into the log: what of a file is there, and what is asked for next.
//!
//! A small file comes whole. Of a large one the browser hands out a beginning, and then one small piece after another,
//! each when the one before is in the log: so the page never holds a file beside the log that it becomes. The beginning
//! goes into the log in steps, before anything is read: a log is shown first, and read then.
//! A recording that was saved is taken apart on the way; a log is taken as it is.
//! It reads nothing itself: what the bytes say is the recorder's.
//!
//! ```text
//! GivenFile (name, beginning, rest) ──► log, step by step ──► shown ──► read
//!     ReadFile(file, 16 MB..17 MB)  ◄──
//!     FileRead(file, bytes)         ──► log ──► read … until nothing is missing
//! ```

use std::ops::Range;

use super::{Effect, Problem};
use crate::heap::Millis;
use crate::recording::Recorder;
use crate::sharing::archive::{ArchiveReader, Refusal, SIGNATURE};
use crate::stream::encoding::FileDecoder;

/// The browser hands out so much of a file at once: nearly every log, and every file of symbols.
pub const BEGINNING_BYTES: u64 = 16 << 20;

/// What follows comes in pieces of this size. Each is in the page's memory a second time until it is in the log, and
/// memory that was had once is never given back.
pub const PIECE_BYTES: u64 = 1 << 20;

/// So much of the beginning goes into the log at once.
const STEP_BYTES: usize = 512 << 10;

/// The end of a file that is unpacked while it is read.
pub const END_UNKNOWN: u64 = u64::MAX;

/// No file is unpacked to more: the page holds what it reads.
pub const MOST_UNPACKED_BYTES: u64 = 1 << 30;

/// A file as the driver knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(pub u32);

/// A file that a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFile {
    /// Its name, without folders.
    pub name: String,
    /// Its content, or the beginning of it.
    pub bytes: Vec<u8>,
    /// What else there is of it.
    pub rest: Option<FileRest>,
}

/// What of a file has not come yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRest {
    /// Whose rest it is.
    pub file: FileId,
    /// Where it stands in the file; [`END_UNKNOWN`] where it ends with an empty piece.
    pub place: Range<u64>,
}

/// What becomes of a file that is packed with gzip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// It is taken as it is.
    Stays,
    /// It is unpacked: a log or a recording.
    Goes,
}

impl GivenFile {
    /// All of a file.
    pub fn whole(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        GivenFile { name: name.into(), bytes: bytes.into(), rest: None }
    }
}

/// A text that is being read; by default there is none.
#[derive(Default)]
pub(super) struct Reading {
    form: Form,
    /// The beginning of the file, and how much of it is in the log; empty when all is.
    beginning: (Vec<u8>, usize),
    rest: Option<FileRest>,
    /// A piece was asked for and has not come.
    is_asked: bool,
    /// Its end was not told yet.
    goes_on: bool,
    /// Why no more is taken.
    refusal: Option<Refusal>,
}

/// What the bytes of a file are.
enum Form {
    /// A log as it came.
    Log(FileDecoder),
    /// A recording with its times.
    Archive(ArchiveReader),
}

impl Default for Form {
    fn default() -> Self {
        Form::Log(FileDecoder::default())
    }
}

impl Reading {
    /// A file was given. Nothing of it is in the log yet.
    pub fn begin(file: GivenFile) -> Self {
        let form = match file.bytes.starts_with(SIGNATURE) {
            true => Form::Archive(ArchiveReader::default()),
            false => Form::default(),
        };
        Reading { form, beginning: (file.bytes, 0), rest: file.rest, goes_on: true, ..Reading::default() }
    }

    /// Whether the beginning is not all in the log yet.
    pub fn has_beginning(&self) -> bool {
        !self.beginning.0.is_empty()
    }

    /// Puts the next step of the beginning into the log.
    pub fn put_beginning(&mut self, recorder: &mut Recorder) {
        let (bytes, begin) = std::mem::take(&mut self.beginning);
        let end = bytes.len().min(begin + STEP_BYTES);
        // The last step gives its memory back before anything else needs some.
        let is_last = end == bytes.len();
        self.append(bytes.get(begin..end).unwrap_or_default(), is_last && self.rest.is_none(), recorder);
        if !is_last {
            self.beginning = (bytes, end);
        }
    }

    /// All that is in the log is to be read once more.
    pub fn again(&mut self) {
        self.goes_on = true;
    }

    /// Whether there is anything to be read, now or later.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Whether nothing is waited for, and all that came is in the log.
    pub fn has_all(&self) -> bool {
        self.rest.is_none() && !self.has_beginning()
    }

    /// How much of the file is not in the log yet.
    pub fn missing_bytes(&self) -> u64 {
        let (bytes, put) = &self.beginning;
        let known = self.rest.as_ref().filter(|rest| rest.place.end != END_UNKNOWN);
        let rest = known.map_or(0, |rest| rest.place.end - rest.place.start);
        (bytes.len() - put) as u64 + rest
    }

    /// The next piece came.
    pub fn take(&mut self, file: FileId, bytes: &[u8], recorder: &mut Recorder) {
        let Some(rest) = self.rest.as_mut().filter(|rest| rest.file == file) else { return };
        self.is_asked = false;
        rest.place.start = rest.place.end.min(rest.place.start + bytes.len() as u64);
        let is_too_large = rest.place.end == END_UNKNOWN && rest.place.start > MOST_UNPACKED_BYTES;
        if rest.place.is_empty() || bytes.is_empty() || is_too_large {
            self.rest = None;
        }
        if is_too_large {
            self.refusal = Some(Refusal::TooLarge(MOST_UNPACKED_BYTES));
        }
        self.append(bytes, self.rest.is_none(), recorder);
    }

    /// No more will come of this file. False when it is another's.
    pub fn give_up(&mut self, file: FileId, recorder: &mut Recorder) -> bool {
        let was_ours = self.rest.take_if(|rest| rest.file == file).is_some();
        if was_ours && !self.has_beginning() {
            self.append(&[], true, recorder);
        }
        was_ours
    }

    /// What is to be asked for now.
    pub fn next_piece(&mut self) -> Option<Effect> {
        let rest = self.rest.as_ref().filter(|_| !self.is_asked && !self.has_beginning())?;
        self.is_asked = true;
        let Range { start, end } = rest.place;
        Some(Effect::ReadFile(rest.file, start..end.min(start + PIECE_BYTES)))
    }

    /// Whether all has come and was read; said once.
    pub fn ends(&mut self, recorder: &Recorder) -> bool {
        let ends = self.goes_on && self.has_all() && recorder.unread_bytes() == 0;
        self.goes_on &= !ends;
        ends
    }

    /// Puts what came into the log.
    fn append(&mut self, bytes: &[u8], is_last: bool, recorder: &mut Recorder) {
        match &mut self.form {
            Form::Log(decoder) => {
                let mut put = |bytes: &[u8]| recorder.append(bytes, Millis(0));
                decoder.feed(bytes, &mut put);
                if is_last {
                    decoder.finish(&mut put);
                }
            }
            Form::Archive(_) if self.refusal.is_some() => {}
            Form::Archive(archive) => {
                let mut taken = archive.feed(bytes, recorder);
                if is_last {
                    taken = taken.and_then(|()| archive.finish());
                }
                if let Err(refusal) = taken {
                    // Nothing else of it is wanted.
                    (self.rest, self.refusal) = (None, Some(refusal));
                }
            }
        }
    }

    /// Why no more was taken of the file, said once.
    pub fn take_problem(&mut self) -> Option<Problem> {
        self.refusal.take().map(|refusal| Problem::new(refusal.what(), refusal.next()))
    }
}
