//! How often the verdict on leaks is right: boards whose truth is known, watched as a technician watches them.
//!
//! Each recording is printed line by line to a [`Recorder`] and judged on the way by [`judge`], as the page does: at
//! each of its first moments, and whenever it has grown by 4 %. It counts as called leaking if it was called so *at any
//! of these moments*, not only at its end.
//!
//! `cargo test --test confusion -- --nocapture` prints the tables. `HEAPSCOPE_RECORDINGS=500` takes so many recordings
//! of each class, in place of [`RECORDINGS`]; use `--release` for that. The rules were made with seeds from 1 000 on;
//! the test uses those from [`SEEDS`] on, another one for every recording. `HEAPSCOPE_SEEDS` takes others.

mod truth;

use std::collections::BTreeMap;
use std::ops::Range;

use heapscope::heap::Millis;
use heapscope::recording::{Metric, Recorder, Recording, Source};
use heapscope::verdict::trend::{self, Assessment};
use heapscope::verdict::{State, judge};
use truth::{POLLED_EVERY_SECONDS, Shape, Story, oracle};

/// Recordings of each class, with a leak and without.
const RECORDINGS: u64 = 12;

/// The first seed of the test. Those from 1 000 to 9 999 are for making the rules.
const SEEDS: u64 = 500_000;

/// A run is judged at each of its first moments, and then whenever it has grown by this part.
const EACH_UP_TO: usize = 32;
const GROWTH: f64 = 1.04;

/// Nothing is called a leak before.
const FIRST_CALL: Millis = Millis(90_000);

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

fn seeds(count: u64) -> Range<u64> {
    let first = setting("HEAPSCOPE_SEEDS", SEEDS);
    first..first + setting("HEAPSCOPE_RECORDINGS", count)
}

/// Where a story is judged.
fn judged(story: &Story) -> Vec<usize> {
    let (mut next, mut all) = (0, Vec::new());
    for index in 0..story.moments.len() {
        let since = index - story.run_of(index);
        if since == 0 {
            next = 0;
        }
        if since >= next || index + 1 == story.moments.len() {
            next = if since < EACH_UP_TO { since + 1 } else { (since as f64 * GROWTH) as usize };
            all.push(index);
        }
    }
    all
}

/// A story, as it was judged.
struct Watched {
    story: Story,
    /// The moment at which it was first called leaking.
    call: Option<usize>,
    /// What was known then, and, for a leak, twice as long after.
    then: Option<Assessment>,
    later: Option<(usize, Assessment)>,
}

fn assess(recording: &Recording) -> Option<Assessment> {
    let begin = recording.boot() + Millis(30_000);
    trend::assess(recording.timeline().series(Metric::Free), begin, recording.boot())
}

fn since_boot(story: &Story, index: usize) -> Millis {
    story.moments[index].at - story.moments[story.run_of(index)].at
}

fn watch(story: Story) -> Watched {
    let mut recorder = Recorder::new(Source::Port { name: "CP2102".into() });
    let mut watched = Watched { story, call: None, then: None, later: None };
    let due = judged(&watched.story);
    for index in 0..watched.story.moments.len() {
        watched.story.feed(index, &mut recorder);
        if due.binary_search(&index).is_err() {
            continue;
        }
        let recording = recorder.recording();
        match watched.call {
            None => {
                let verdict = judge(recording);
                if verdict.judgements.iter().any(|judgement| judgement.state == State::Leaking) {
                    (watched.call, watched.then) = (Some(index), assess(recording));
                    if watched.story.leak.is_none() {
                        break;
                    }
                }
            }
            Some(call) if since_boot(&watched.story, index).0 >= 2 * since_boot(&watched.story, call).0 => {
                watched.later = assess(recording).map(|known| (index, known));
                break;
            }
            Some(_) => {}
        }
    }
    watched
}

/// Runs `work` for every story of these seeds, on two threads.
fn each<T: Send>(seeds: Range<u64>, work: impl Fn(Story) -> T + Sync) -> Vec<T> {
    let half = |half: u64| {
        let seeds = seeds.clone().filter(move |seed| seed % 2 == half);
        let classes = move |seed| Shape::ALL.into_iter().flat_map(move |shape| [(shape, false, seed), (shape, true, seed)]);
        seeds.flat_map(classes).map(|(shape, is_leak, seed)| work(Story::new(shape, is_leak, seed))).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let half = &half;
        let threads: Vec<_> = (0..2).map(|number| scope.spawn(move || half(number))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it ran")).collect()
    })
}

/// A row of the confusion table.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    harmless: usize,
    called: usize,
    leaks: usize,
    found: usize,
    ranges: usize,
    hold: usize,
    later_ranges: usize,
    later_hold: usize,
    too_short: usize,
}

fn part(of: usize, all: usize) -> f64 {
    of as f64 * 100.0 / all.max(1) as f64
}

impl Row {
    fn count(&mut self, watched: &Watched) {
        let story = &watched.story;
        if story.leak.is_none() {
            self.harmless += 1;
            self.called += usize::from(watched.call.is_some());
            return;
        }
        self.leaks += 1;
        let is_in_time = |index: usize| story.moments[index].leaked < story.start / 2.0;
        self.found += usize::from(watched.call.is_some_and(is_in_time));
        let holds = |index: usize, known: Assessment| {
            let (soonest, latest) = known.left_range?;
            let left = story.left(index)?;
            let is_late = latest.is_some_and(|latest| left > latest.0 as f64);
            Some((left >= soonest.0 as f64 && !is_late, is_late))
        };
        if let Some((holds, is_late)) = watched.call.zip(watched.then).and_then(|(at, known)| holds(at, known)) {
            self.ranges += 1;
            self.hold += usize::from(holds);
            self.too_short += usize::from(is_late);
        }
        if let Some((holds, _)) = watched.later.and_then(|(at, known)| holds(at, known)) {
            self.later_ranges += 1;
            self.later_hold += usize::from(holds);
        }
    }

    fn print(&self, name: &str) {
        println!(
            "{name:14} {:5} {:7.2} %   {:5} {:7.2} %   {:6.1} % ({:4.1} % of all too soon)   {:6.1} %",
            self.harmless,
            part(self.called, self.harmless),
            self.leaks,
            part(self.found, self.leaks),
            part(self.hold, self.ranges),
            part(self.too_short, self.ranges),
            part(self.later_hold, self.later_ranges),
        );
    }
}

#[test]
fn the_confusion_table() {
    let all = each(seeds(RECORDINGS), watch);
    let mut rows: BTreeMap<(usize, String), Row> = BTreeMap::new();
    for watched in &all {
        let story = &watched.story;
        let every = POLLED_EVERY_SECONDS.iter().position(|every| *every == story.every_seconds);
        let length = match since_boot(story, story.moments.len() - 1).0 / 60_000 {
            0..10 => "under 10 min",
            10..60 => "under 1 h",
            60..600 => "under 10 h",
            600.. => "10 h and more",
        };
        let names = [
            (0, "all".into()),
            (1 + story.shape as usize, format!("{:?}", story.shape)),
            (20, if story.is_truncated { "whole KB" } else { "bytes" }.into()),
            (30 + every.unwrap_or(0), format!("every {} s", story.every_seconds)),
            (40, length.into()),
        ];
        names.into_iter().for_each(|name| rows.entry(name).or_default().count(watched));
    }
    println!("class      no leak   called       leaks  in time   range holds                     twice as long after");
    rows.iter().for_each(|((_, name), row)| row.print(name));
    if std::env::var_os("HEAPSCOPE_SHOW").is_some() {
        for watched in all.iter().filter(|watched| watched.story.leak.is_none()) {
            let (Some(call), Some(known), story) = (watched.call, watched.then, &watched.story) else { continue };
            println!(
                "called: {:?} every {} s, {} KB, {:?}, after {} s: {:?} {:.1} nats, {:.0} of {:.0} bytes",
                story.shape, story.every_seconds, story.is_truncated, story.noise,
                since_boot(story, call).0 / 1_000, known.rival, known.odds_nats, known.change, story.start,
            );
        }
    }
    let total = rows[&(0, "all".to_owned())];
    assert!(total.called * 100 <= total.harmless, "{total:?}");
    assert!(total.found * 100 >= total.leaks * 98, "{total:?}");
    let held = part(total.hold, total.ranges);
    assert!((85.0..=95.0).contains(&held), "the range holds the truth in {held:.1} %");
    for watched in &all {
        assert!(watched.call.is_none_or(|call| since_boot(&watched.story, call) >= FIRST_CALL));
    }
}
