//! A text on its way into the log: what of a file is there, and what is asked for next.
//!
//! A small file comes whole. Of a large one the browser hands out a beginning, and then one piece after another, each
//! when the one before is in the log: so the page never holds a file beside the log that it becomes, and shows all of the
//! log while it still reads.
//! It reads nothing itself: what the bytes say is the recorder's.
//!
//! ```text
//! GivenFile (name, beginning, rest) ──► log ──► read
//!     ReadFile(file, 16 MB..32 MB)  ◄──
//!     FileRead(file, bytes)         ──► log ──► read … until nothing is missing
//! ```

use std::ops::Range;

use super::Effect;
use crate::heap::Millis;
use crate::recording::Recorder;
use crate::stream::encoding::FileDecoder;

/// The browser hands out a file in pieces of this size.
pub const PIECE_BYTES: u64 = 16 << 20;

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
    /// Where it stands in the file.
    pub place: Range<u64>,
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
    decoder: FileDecoder,
    rest: Option<FileRest>,
    /// A piece was asked for and has not come.
    is_asked: bool,
    /// Its end was not told yet.
    goes_on: bool,
}

impl Reading {
    /// Puts what is there into the log.
    pub fn begin(file: GivenFile, recorder: &mut Recorder) -> Self {
        let rest = file.rest;
        let mut reading = Reading { rest, goes_on: true, ..Reading::default() };
        reading.append(&file.bytes, recorder);
        reading
    }

    /// All that is in the log is to be read once more.
    pub fn again(&mut self) {
        self.goes_on = true;
    }

    /// Whether there is anything to be read, now or later.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// How much of the file is not in the log yet.
    pub fn missing_bytes(&self) -> u64 {
        self.rest.as_ref().map_or(0, |rest| rest.place.end - rest.place.start)
    }

    /// The next piece came.
    pub fn take(&mut self, file: FileId, bytes: &[u8], recorder: &mut Recorder) {
        let Some(rest) = self.rest.as_mut().filter(|rest| rest.file == file) else { return };
        self.is_asked = false;
        rest.place.start = rest.place.end.min(rest.place.start + bytes.len() as u64);
        if rest.place.is_empty() || bytes.is_empty() {
            self.rest = None;
        }
        self.append(bytes, recorder);
    }

    /// No more will come of this file. False when it is another's.
    pub fn give_up(&mut self, file: FileId, recorder: &mut Recorder) -> bool {
        let was_ours = self.rest.take_if(|rest| rest.file == file).is_some();
        if was_ours {
            self.append(&[], recorder);
        }
        was_ours
    }

    /// What is to be asked for now.
    pub fn next_piece(&mut self) -> Option<Effect> {
        let rest = self.rest.as_ref().filter(|_| !self.is_asked)?;
        self.is_asked = true;
        let Range { start, end } = rest.place;
        Some(Effect::ReadFile(rest.file, start..end.min(start + PIECE_BYTES)))
    }

    /// Whether all has come and was read; said once.
    pub fn ends(&mut self, recorder: &Recorder) -> bool {
        let ends = self.goes_on && self.rest.is_none() && recorder.unread_bytes() == 0;
        self.goes_on &= !ends;
        ends
    }

    /// Puts what came into the log.
    fn append(&mut self, bytes: &[u8], recorder: &mut Recorder) {
        let mut put = |bytes: &[u8]| recorder.append(bytes, Millis(0));
        self.decoder.feed(bytes, &mut put);
        if self.rest.is_none() {
            self.decoder.finish(&mut put);
        }
    }
}
