//! The block maps of a recording: the way from one to the next, what each is compared with, and which sizes can be tried.
//!
//! Maps of different heaps are never mixed: who walks through those of the data RAM does not meet that of the external RAM.
//! It refuses to compare a map with itself.
//!
//! ```
//! use heapscope::session::maps::{size_of_step, step_of_size};
//!
//! assert_eq!([size_of_step(0), size_of_step(15), size_of_step(16)], [8, 128, 136]);
//! assert_eq!(size_of_step(step_of_size(16_709)), 16_384, "the nearest step below");
//! ```

use crate::dialect::Report;
use crate::heap::Millis;
use crate::recording::Recording;

/// What the shown map is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compared {
    /// With nothing: it is shown as it is.
    #[default]
    Nothing,
    /// With the last whole one before it in the same run of the firmware.
    Before,
    /// With the report of this number.
    With(usize),
}

impl Compared {
    /// The word for it in a list of choices.
    pub fn key(self) -> String {
        match self {
            Compared::Nothing => "nothing".into(),
            Compared::Before => "before".into(),
            Compared::With(report) => report.to_string(),
        }
    }

    /// The one of this word.
    pub fn from_key(key: &str) -> Self {
        match key {
            "before" => Compared::Before,
            _ => key.parse().map_or(Compared::Nothing, Compared::With),
        }
    }

    /// The report that the shown one is compared with, if there is one.
    pub fn report(self, recording: &Recording, shown: usize) -> Option<usize> {
        match self {
            Compared::Nothing => None,
            Compared::Before => {
                let before = recording.report_before(shown)?.lines;
                recording.reports().iter().position(|dated| dated.lines == before)
            }
            Compared::With(report) => {
                Some(report).filter(|report| *report != shown && of_heap(recording, shown).contains(report))
            }
        }
    }
}

/// What is shown on block maps besides the blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapChoice {
    /// What would become of a request of so many bytes; `None` asks nothing.
    pub request_bytes: Option<u32>,
    /// What each is compared with.
    pub compared: Compared,
}

/// How long each map is shown while they are played.
pub const PLAY_STEP: Millis = Millis(1_200);

/// The block maps of the heap that this report shows, in the order of the log; nothing where it is none.
pub fn of_heap(recording: &Recording, shown: usize) -> Vec<usize> {
    let reports = recording.reports();
    let Some(shown) = reports.get(shown).map(|dated| &dated.report) else { return Vec::new() };
    let is_alike = |report: &Report| {
        let is_same_heap = shown.is_main_heap || shown.title == report.title;
        let is_same_kind = (report.format, report.is_main_heap) == (shown.format, shown.is_main_heap);
        is_same_kind && is_same_heap && !report.blocks.blocks().is_empty()
    };
    if !is_alike(shown) {
        return Vec::new();
    }
    let all = reports.iter().enumerate().filter(|(_, dated)| is_alike(&dated.report));
    all.map(|(place, _)| place).collect()
}

/// Where the shown map stands among those of its heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Its place, counted from 0.
    pub place: usize,
    /// How many there are.
    pub count: usize,
    /// The report that is the first of them.
    pub first: usize,
    /// The report before, if there is one.
    pub previous: Option<usize>,
    /// The next report, if there is one.
    pub next: Option<usize>,
}

impl Walk {
    /// `None` where the report has no blocks.
    pub fn of(recording: &Recording, shown: usize) -> Option<Self> {
        let maps = of_heap(recording, shown);
        let place = maps.iter().position(|map| *map == shown)?;
        Some(Walk {
            place,
            count: maps.len(),
            first: maps[0],
            previous: place.checked_sub(1).map(|place| maps[place]),
            next: maps.get(place + 1).copied(),
        })
    }
}

/// The sizes that can be tried: by 8 bytes to 128, then 16 between each power of two and the next, to 64 KB.
pub const SIZE_STEPS: u32 = 16 + 9 * 16;
/// The largest request that can be tried, in bytes.
pub const MOST_REQUEST_BYTES: u32 = 1 << 20;

/// The size in bytes at a step of a slider that begins with 0.
pub fn size_of_step(step: u32) -> u32 {
    let step = step.min(SIZE_STEPS - 1);
    match step.checked_sub(16) {
        None => (step + 1) * 8,
        Some(above) => {
            let power = 128 << (above / 16);
            power + power / 16 * (above % 16 + 1)
        }
    }
}

/// The last step whose size is not larger.
pub fn step_of_size(size_bytes: u32) -> u32 {
    (1..SIZE_STEPS).rfind(|step| size_of_step(*step) <= size_bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Recorder, Source};

    fn recording(logs: &[&str]) -> Recorder {
        let mut recorder = Recorder::new(Source::Text { name: "log.txt".into() });
        recorder.feed(logs.concat().as_bytes(), Millis(0));
        recorder.finish(Millis(0));
        recorder
    }

    const FIRST: &str = include_str!("../../tests/fixtures/umm/leak_core278_full_1/log.txt");
    const SECOND: &str = include_str!("../../tests/fixtures/umm/leak_core278_full_2/log.txt");
    const THIRD: &str = include_str!("../../tests/fixtures/umm/leak_core278_full_3/log.txt");
    const THREE_HEAPS: &str = include_str!("../../tests/fixtures/umm/form_core_3_1_three_heaps/log.txt");
    const TABLE: &str = include_str!("../../tests/fixtures/toit/out_of_memory_question/log.txt");

    #[test]
    fn one_walks_through_the_maps_of_one_heap() {
        let recorder = recording(&[FIRST, SECOND, THIRD]);
        let walk =
            |shown| Walk::of(recorder.recording(), shown).map(|walk| (walk.previous, walk.place, walk.next));
        assert_eq!(
            [walk(0), walk(1), walk(2), walk(3)],
            [Some((None, 0, Some(1))), Some((Some(0), 1, Some(2))), Some((Some(1), 2, None)), None]
        );
        let heaps = recording(&[THREE_HEAPS]);
        let recording = heaps.recording();
        assert!(recording.reports().len() >= 3);
        let counts: Vec<_> =
            (0..recording.reports().len()).map(|shown| of_heap(recording, shown).len()).collect();
        assert!(counts.iter().all(|count| *count == 1), "{counts:?}");
    }

    #[test]
    fn tables_have_no_maps() {
        let recorder = recording(&[TABLE]);
        assert!(!recorder.recording().reports().is_empty());
        assert_eq!(Walk::of(recorder.recording(), 0), None);
        assert_eq!(Compared::With(0).report(recorder.recording(), 0), None);
    }

    #[test]
    fn a_map_is_compared_with_another_or_with_none() {
        let recorder = recording(&[FIRST, SECOND, THIRD]);
        let with = |compared: Compared, shown| compared.report(recorder.recording(), shown);
        assert_eq!([0, 1, 2].map(|shown| with(Compared::Before, shown)), [None, Some(0), Some(1)]);
        assert_eq!([0, 1, 2].map(|shown| with(Compared::With(1), shown)), [Some(1), None, Some(1)]);
        assert_eq!(with(Compared::With(9), 0), None);
        assert_eq!(with(Compared::Nothing, 2), None);
        for compared in [Compared::Nothing, Compared::Before, Compared::With(12)] {
            assert_eq!(Compared::from_key(&compared.key()), compared);
        }
        assert_eq!(Compared::from_key("x"), Compared::Nothing);
    }

    #[test]
    fn sizes_grow_by_steps_of_eight_bytes() {
        let sizes: Vec<u32> = (0..SIZE_STEPS).map(size_of_step).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{sizes:?}");
        assert!(sizes.iter().all(|size| size % 8 == 0));
        assert_eq!((sizes[0], sizes[sizes.len() - 1]), (8, 65_536));
        for (step, size) in (0..).zip(&sizes) {
            assert_eq!(step_of_size(*size), step);
            assert_eq!(step_of_size(size + 7), step);
        }
        // A step is never more than an eighth of the size, beyond the first ones.
        assert!(sizes[15..].windows(2).all(|pair| (pair[1] - pair[0]) * 8 <= pair[0]));
        assert_eq!((step_of_size(0), size_of_step(u32::MAX)), (0, 65_536));
    }
}
