//! Every picture in every state: as an SVG file to look at, and by what must hold whatever it looks like.
//!
//! The files are in `tests/snapshots/charts`. A test fails when a picture is no longer the same, to the byte.
//! After a wanted change: `UPDATE_SNAPSHOTS=1 cargo test --test charts`, look at what `git diff` says has
//! changed, and commit it.

mod support;

use std::path::PathBuf;
use std::rc::Rc;

use heapscope::chart::{
    Axis, BlockMapPicture, Change, Changes, Composition, CompositionOverTime, Content, Damage, FreeBlocks,
    Gesture, Moment, Options, Picture, Spot, Surface, Theme, TimelineChart, View, Way, svg,
};
use heapscope::dialect::{Event, EventKind, Extra, LineRange, Report, What};
use heapscope::heap::{
    Amount, Block, BlockKind, BlockMap, Category, Figure, Figures, Forecast, Millis, Placement, Rounding,
};
use heapscope::recording::{DatedEvent, DatedReport, Mark, MarkKind, Metric, Timeline};

const LEAK: &str = "umm/leak_core278_full_3";
const FRAGMENTED: &str = "umm/fraghalf_core278_full";

const WIDE: Surface = Surface::new(900.0, 320.0, 1.0, Theme::Light);
const WIDE_DARK: Surface = Surface::new(900.0, 320.0, 1.0, Theme::Dark);
const WIDE_SHARP: Surface = Surface::new(900.0, 320.0, 2.0, Theme::Light);
const PHONE: Surface = Surface::new(360.0, 240.0, 1.0, Theme::Light);
const PHONE_DARK_SHARP: Surface = Surface::new(360.0, 240.0, 2.0, Theme::Dark);

#[track_caller]
fn check(name: &str, picture: &impl Picture, surface: &Surface) -> String {
    let actual = svg(picture, surface);
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "snapshots", "charts"].iter().collect();
    support::snapshot(&folder.join(format!("{name}.svg")), &actual);
    actual
}

// ---- timeline ---------------------------------------------------------------------------------------------

/// What a recording would hold.
#[derive(Default)]
struct Story {
    timeline: Timeline,
    events: Vec<DatedEvent>,
    reports: Vec<DatedReport>,
    marks: Vec<Mark>,
}

impl Story {
    /// A sample of (seconds, free, largest, low-water) each; the lines of the log are ten apart.
    fn of(samples: impl IntoIterator<Item = (u64, u64, u64, u64)>) -> Story {
        let moments = samples.into_iter().enumerate().map(|(index, (seconds, free, largest, low))| {
            let mut figures = Figures::default();
            figures.set(Figure::Free, Amount::exact(free));
            figures.set(Figure::LargestFreeBlock, Amount::exact(largest));
            figures.set(Figure::LowWaterMark, Amount::exact(low));
            (Millis::from_secs(seconds), 10 * index as u64, figures)
        });
        Story { timeline: Timeline::from_moments(moments), ..Story::default() }
    }

    fn event(mut self, seconds: u64, line: u64, kind: EventKind) -> Story {
        let event = Event::new(kind, "as the log says");
        self.events.push(DatedEvent {
            at: Millis::from_secs(seconds),
            lines: LineRange::one(line),
            dialect: "tasmota",
            event,
        });
        self
    }

    fn gap(mut self, seconds: u64, before_line: u64) -> Story {
        let text = "Bytes were lost.".into();
        self.marks.push(Mark { before_line, at: Millis::from_secs(seconds), kind: MarkKind::Gap, text });
        self
    }

    fn report(mut self, seconds: u64, line: u64) -> Story {
        let report = Report {
            format: "umm_dump",
            is_main_heap: true,
            clears_oom_count: false,
            title: "Block map".into(),
            complete: true,
            problems: Vec::new(),
            figures: Figures::default(),
            categories: Vec::new(),
            blocks: BlockMap::default(),
            pages: Vec::new(),
            extras: Vec::new(),
        };
        self.reports.push(DatedReport {
            at: Millis::from_secs(seconds),
            lines: LineRange::one(line),
            dialect: "umm",
            report: Rc::new(report),
        });
        self
    }

    fn content(&self) -> Content<'_> {
        Content { timeline: &self.timeline, events: &self.events, reports: &self.reports, marks: &self.marks }
    }

    fn chart(&self) -> TimelineChart<'_> {
        TimelineChart::new(self.content(), Options::default())
    }
}

/// A number that looks random and is the same on every machine.
fn noise(index: u64) -> u64 {
    let mixed = (index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}

/// 40 minutes of a leak: the free heap falls, the largest block faster, out of memory, crash, restart.
fn leak() -> Story {
    let mut low = u64::MAX;
    let samples = (0..241_u64).map(|index| {
        let after_restart = index >= 190;
        if index == 190 {
            low = u64::MAX;
        }
        let age = if after_restart { index - 190 } else { index };
        let free = 25_800 - age * 108 + noise(index) % 900;
        let largest = (free * (96 - age * 2 / 5) / 100).saturating_sub(noise(index * 7) % 500);
        low = low.min(free - 400);
        (index * 10, free, largest, low)
    });
    Story::of(samples)
        .report(610, 611)
        .gap(1_000, 1_000)
        .report(1_300, 1_301)
        .event(1_780, 1_780, EventKind::OutOfMemory)
        .event(1_850, 1_850, EventKind::OutOfMemory)
        .event(1_895, 1_895, EventKind::Crash)
        .event(1_897, 1_897, EventKind::Restart)
}

#[test]
fn timeline_of_a_leak() {
    let story = leak();
    for (name, surface) in [
        ("timeline_leak_wide", WIDE),
        ("timeline_leak_wide_dark", WIDE_DARK),
        ("timeline_leak_wide_sharp", WIDE_SHARP),
        ("timeline_leak_phone", PHONE),
        ("timeline_leak_phone_dark_sharp", PHONE_DARK_SHARP),
    ] {
        check(name, &story.chart(), &surface);
    }
}

#[test]
fn timeline_with_a_cursor_zoomed_in() {
    let story = leak();
    let options = Options {
        view: View::Time(Millis::from_secs(1_700), Millis::from_secs(2_000)),
        cursor: Some(Moment { at: Millis::from_secs(1_800), line: 1_800 }),
        ..Options::default()
    };
    let chart = TimelineChart::new(story.content(), options);
    check("timeline_cursor", &chart, &WIDE);
    check("timeline_cursor_phone_dark", &chart, &PHONE_DARK_SHARP);
}

#[test]
fn timeline_of_few_samples() {
    check("timeline_one_sample", &Story::of([(0, 24_260, 18_000, 23_000)]).chart(), &WIDE);
    let two = Story::of([(0, 24_260, 18_000, 23_000), (10, 24_100, 17_000, 22_800)]);
    check("timeline_two_samples", &two.chart(), &WIDE);
    check("timeline_all_equal", &Story::of((0..30).map(|i| (i * 10, 16_384, 16_384, 16_384))).chart(), &WIDE);
    check("timeline_nothing_free", &Story::of((0..30).map(|i| (i * 10, 0, 0, 0))).chart(), &PHONE);
}

#[test]
fn an_empty_timeline_is_a_blank_ground() {
    let story = Story::default();
    assert!(story.chart().is_empty());
    let svg = check("timeline_empty", &story.chart(), &PHONE);
    assert!(!svg.contains("<text") && svg.matches("<rect").count() == 1);
}

#[test]
fn timeline_of_megabytes_over_days() {
    let samples = (0..5_000_u64).map(|index| {
        let free = 4_000_000 - noise(index) % 1_500_000;
        (index * 120, free, free / 2, 2_400_000)
    });
    check("timeline_days", &Story::of(samples).chart(), &WIDE);
}

/// Forty minutes with a step after the 25th that takes 6 KB for good, and a dip of as much before that comes back.
fn step() -> Story {
    Story::of((0..241_u64).map(|index| {
        let taken = if index >= 150 || (60..64).contains(&index) { 6_144 } else { 0 };
        let free = 24_000 - taken - noise(index) % 500;
        (index * 10, free, free - 1_800, if index < 60 { 22_000 } else { 16_000 })
    }))
}

#[test]
fn a_drop_that_lasts_is_labelled_with_its_size_and_time() {
    let story = step();
    let svg = check("timeline_drop", &story.chart(), &WIDE);
    assert!(plain(Some(svg)).contains(">−5.9 KB at 0:25:00</text>"));
    check("timeline_drop_phone_dark", &story.chart(), &PHONE_DARK_SHARP);
    let caption = plain(Some(story.chart().table().caption));
    assert!(caption.ends_with("The largest drop that lasts is one of 5.9 KB at 0:25:00."), "{caption}");
    // Where it is not in sight, and where there is none, nothing is said.
    let before = View::Time(Millis(0), Millis::from_secs(1_300));
    let chart = TimelineChart::new(story.content(), Options { view: before, ..Options::default() });
    assert!(!plain(Some(svg_of(&chart))).contains(" at 0:"));
    assert!(!leak().chart().table().caption.contains("drop") && !svg_of(&leak().chart()).contains(" at 0:"));
    // More values than there are pixels change nothing.
    let dense = Story::of((0..24_000_u64).map(|index| {
        let free = if index < 15_000 { 24_000 } else { 17_856 } - noise(index) % 500;
        (index / 10, free, 9_000, 9_000)
    }));
    let caption = plain(Some(dense.chart().table().caption));
    assert!(caption.ends_with("is one of 6.0 KB at 0:24:56."), "within a pixel: {caption}");
    // Memory before and after a restart do not belong together.
    let restarted = step().event(1_495, 1_495, EventKind::Restart);
    assert!(!plain(Some(svg_of(&restarted.chart()))).contains(" at 0:"));
}

fn svg_of(picture: &impl Picture) -> String {
    svg(picture, &WIDE)
}

/// A board that leaks for 40 minutes, and when it will be empty, in minutes after that: soonest, likely, latest.
fn forecast(soonest: u64, likely: u64, latest: Option<u64>) -> (Story, Forecast) {
    let samples = (0..241_u64).map(|index| {
        let free = 24_000 - index * 40 + noise(index) % 700;
        (index * 10, free, free * 8 / 10, 23_400 - index * 42)
    });
    let after = |minutes: u64| Millis::from_secs(2_400 + minutes * 60);
    let forecast = Forecast {
        from: after(0),
        free_bytes: 14_750,
        soonest: after(soonest),
        likely: after(likely),
        latest: latest.map(after),
    };
    (Story::of(samples).report(610, 611), forecast)
}

fn with_forecast(story: &Story, forecast: Forecast, view: View) -> TimelineChart<'_> {
    let until = Some(forecast.whole_until());
    TimelineChart::new(
        story.content(),
        Options { forecast: Some(forecast), until, view, ..Options::default() },
    )
}

#[test]
fn a_forecast_is_a_band_and_its_end_is_said() {
    let (story, soon) = forecast(9, 13, Some(18));
    check("timeline_forecast", &with_forecast(&story, soon, View::All), &WIDE);
    check("timeline_forecast_phone_dark", &with_forecast(&story, soon, View::All), &PHONE_DARK_SHARP);
    // What lies far beyond the axis is said at its edge.
    let (story, far) = forecast(600, 900, Some(1_320));
    let chart = with_forecast(&story, far, View::All);
    let svg = check("timeline_forecast_beyond", &chart, &WIDE);
    assert!(svg.contains("empty in 15\u{a0}h (10\u{2013}22\u{a0}h)"));
    assert_eq!(chart.view(), (0, 3_600_000), "a third of what is seen");
    check("timeline_forecast_beyond_phone", &chart, &PHONE);
    // Marks of what happened keep their places.
    let (story, far) = forecast(600, 900, Some(1_320));
    let story = story.event(2_000, 2_000, EventKind::OutOfMemory);
    let svg = check("timeline_forecast_beside_an_event", &with_forecast(&story, far, View::All), &PHONE);
    assert!(svg.contains("empty in 15\u{a0}h<") && !svg.contains("(10"));
    let (story, never) = forecast(600, 900, None);
    let svg = check("timeline_forecast_or_never", &with_forecast(&story, never, View::All), &WIDE_DARK);
    assert!(svg.contains("(10\u{a0}h or later)"));
}

#[test]
fn a_forecast_of_the_past_lies_under_what_came_and_moves_nothing() {
    let (story, now) = forecast(9, 13, Some(18));
    let back = |at: Millis| at - Millis::from_secs(1_200);
    let then = Forecast {
        from: back(now.from),
        free_bytes: 19_500,
        soonest: back(now.soonest),
        likely: now.likely,
        latest: None,
    };
    let options = Options { until: Some(now.whole_until()), ..Options::default() };
    let chart = |forecast| TimelineChart::new(story.content(), Options { forecast, ..options });
    check("timeline_forecast_then", &chart(Some(then)), &WIDE);
    assert_eq!(chart(Some(then)).view(), chart(None).view());
    assert_eq!(chart(None).view(), chart(Some(now)).view());
    // Where nothing was forecast, nothing is drawn nor said.
    assert!(!svg(&chart(None), &WIDE).contains("empty"));
    assert!(!chart(None).summary().contains("goes on falling"));
    assert!(chart(None).legend().iter().all(|item| item.label != "Forecast"));
}

#[test]
fn a_forecast_is_followed_and_zoomed() {
    let (story, far) = forecast(600, 900, Some(1_320));
    let ten_minutes = Millis::from_secs(600);
    let chart = with_forecast(&story, far, View::Latest(ten_minutes));
    check("timeline_forecast_followed", &chart, &WIDE);
    assert_eq!(chart.view(), (2_000_000, 2_600_000));
    // A pan to the end, and a zoom that leaves it in sight, go on following.
    let after = |gesture| chart.view_after(gesture, true);
    assert_eq!(after(Gesture::Pan { by: 1e9 }), View::Latest(ten_minutes));
    assert_eq!(after(Gesture::Zoom { at: 2_600_000.0, factor: 0.5 }), View::Latest(Millis::from_secs(300)));
    assert!(matches!(after(Gesture::Pan { by: -1e6 }), View::Time(..)));
    // Earlier than the forecast there is nothing of it.
    let earlier = View::Time(Millis::from_secs(600), Millis::from_secs(1_200));
    assert!(!svg(&with_forecast(&story, far, earlier), &WIDE).contains("empty in"));
    // Nor without times.
    let lines =
        Options { axis: Axis::Lines, forecast: Some(far), until: Some(far.likely), ..Options::default() };
    let chart = TimelineChart::new(story.content(), lines);
    assert_eq!(chart.view(), (0, 2_400));
    assert!(!svg(&chart, &WIDE).contains("empty in") && !chart.summary().contains("goes on"));
}

#[test]
fn a_forecast_is_in_the_text_twin_and_in_the_legend() {
    let (story, soon) = forecast(9, 13, Some(18));
    let chart = with_forecast(&story, soon, View::All);
    let table = chart.table();
    let said =
        "If it goes on falling as it did until 0:40:00, nothing is free 13 min later (9\u{2013}18 min).";
    assert!(plain(Some(table.caption.clone())).ends_with(said), "{}", table.caption);
    let last: Vec<_> = table.rows.iter().rev().take(3).map(|row| (&*row[0], &*row[5])).collect();
    assert_eq!(
        last,
        [
            ("0:58:00", "Forecast: nothing left, at the latest"),
            ("0:53:00", "Forecast: nothing left, most likely"),
            ("0:49:00", "Forecast: nothing left, at the earliest"),
        ]
    );
    let legend = chart.legend();
    let item = legend.last().unwrap();
    assert_eq!((&*item.label, plain(Some(item.value.clone()))), ("Forecast", "9\u{2013}18 min".into()));
}

/// Tasmota's time stamps: KB without decimals, and a fragmentation from a stale largest block.
fn stamps() -> Story {
    let moments = (0..80_u64).map(|index| {
        let mut figures = Figures::default();
        figures.set(Figure::Free, Amount::kib_truncated(25 - index / 12 + noise(index) % 2));
        figures.set(Figure::FragmentationStamp, Amount::exact(4 + index / 4 + noise(index) % 6));
        (Millis(0), index * 3 + 1, figures)
    });
    Story { timeline: Timeline::from_moments(moments), ..Story::default() }
}

#[test]
fn timeline_without_times_goes_by_log_lines() {
    let story = stamps();
    let options = Options { axis: Axis::Lines, ..Options::default() };
    let chart = TimelineChart::new(story.content(), options);
    for (name, surface) in [("timeline_lines", WIDE), ("timeline_lines_phone", PHONE)] {
        let svg = check(name, &chart, &surface);
        assert!(svg.contains("line 100") && svg.contains("16\u{a0}KB") && !svg.contains(".0\u{a0}KB"));
    }
    let cursor = Moment { at: Millis(0), line: 100 };
    let chart = TimelineChart::new(story.content(), Options { cursor: Some(cursor), ..options });
    assert_eq!(chart.readings(cursor)[0].point.line, 100);
    assert!(svg(&chart, &WIDE).contains("line 101"), "people count from 1");
}

#[test]
fn timeline_of_one_figure_that_is_cut_off_to_kilobytes() {
    let moments = (0..80_u64).map(|index| {
        let mut figures = Figures::default();
        figures.set(Figure::Free, Amount::kib_truncated(25 - index / 12 + noise(index) % 2));
        (Millis::from_secs(index * 10), index, figures)
    });
    let story = Story { timeline: Timeline::from_moments(moments), ..Story::default() };
    check("timeline_one_series", &story.chart(), &WIDE);
    assert_eq!(story.chart().legend().len(), 1);
}

#[test]
fn timeline_of_a_board_that_restarts_again_and_again() {
    let samples = (0..240_u64).map(|index| {
        let free = 22_000 - index % 20 * 700;
        (index * 5, free, free * 9 / 10, free - 300)
    });
    let restarts = (1..12).map(|index| (index * 100 - 1, index * 200 - 5));
    let story = restarts
        .fold(Story::of(samples), |story, (seconds, line)| story.event(seconds, line, EventKind::Restart));
    check("timeline_restarts", &story.chart(), &WIDE);
    check("timeline_restarts_phone", &story.chart(), &PHONE);
}

#[test]
fn timeline_with_two_moments_that_are_compared() {
    let story = leak();
    let at = |seconds| Some(Moment { at: Millis::from_secs(seconds), line: seconds });
    for (name, sides, surface) in [
        ("timeline_compared", [at(600), at(1_200)], WIDE),
        ("timeline_compared_one", [at(600), None], PHONE_DARK_SHARP),
        ("timeline_compared_phone", [at(1_200), at(1_200)], PHONE),
    ] {
        check(name, &TimelineChart::new(story.content(), Options { sides, ..Options::default() }), &surface);
    }
}

#[test]
fn timeline_while_a_part_of_it_is_chosen() {
    let story = leak();
    let options = Options { band: Some((600_000.0, 1_200_000.0)), ..Options::default() };
    check("timeline_band", &TimelineChart::new(story.content(), options), &WIDE);
}

/// Polylines of a stroke, as points.
fn paths(svg: &str, theme: Theme, token: &str) -> Vec<Vec<(f64, f64)>> {
    let tokens = theme.palette().tokens();
    let colour = tokens.iter().find(|(name, _)| *name == token).unwrap().1.hex().to_uppercase();
    let lines = svg.lines().filter(|line| line.starts_with("<polyline"));
    let lines = lines.filter(|line| line.contains(&format!("stroke=\"{colour}\"")));
    let points = lines.map(|line| line.split("points=\"").nth(1).unwrap().split('"').next().unwrap());
    let points = points.map(|points| {
        points
            .split_whitespace()
            .map(|point| {
                let (x, y) = point.split_once(',').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            })
            .collect()
    });
    points.collect()
}

#[test]
fn no_line_is_drawn_over_a_restart_or_a_gap() {
    let story = leak();
    let svg = svg(&story.chart(), &WIDE);
    let largest = paths(&svg, Theme::Light, "--chart-largest");
    // Before the gap, up to the restart, after it; and the sample of the line at its label.
    assert_eq!(largest.len(), 4);
    assert!(largest[0].last().unwrap().0 < largest[1][0].0);
    assert!(largest[1].last().unwrap().0 < largest[2][0].0);
}

#[test]
fn one_dip_in_a_million_is_drawn() {
    let dip = 637_123;
    let moments = (0..1_000_000_u64).map(|index| {
        let mut figures = Figures::default();
        figures
            .set(Figure::Free, Amount::exact(if index == dip { 64 } else { 30_000 + noise(index) % 2_000 }));
        (Millis(index * 10), index, figures)
    });
    let story = Story { timeline: Timeline::from_moments(moments), ..Story::default() };
    let svg = svg(&story.chart(), &WIDE);
    let free = columns(&svg, Theme::Light, "--chart-free");
    let lowest = free.iter().map(|&(_, _, bottom)| bottom).fold(0.0, f64::max);
    assert!(lowest >= WIDE.height_px - 24.0, "the dip reaches the bottom: {lowest}");
    assert!(free.len() <= 900, "one for each column: {}", free.len());
    // No hole between two columns: each begins where the one before ended, or overlaps it.
    assert!(free.windows(2).all(|pair| pair[1].0 <= pair[0].0 + 1.0));
    assert!(free.windows(2).all(|pair| pair[1].1 <= pair[0].2 && pair[0].1 <= pair[1].2));
    let table = story.chart().table();
    assert!(table.rows.len() <= 200 && table.rows.iter().any(|row| row[1].starts_with("64 to ")));
}

/// Where a line covers columns of pixels: x, top, bottom.
fn columns(svg: &str, theme: Theme, token: &str) -> Vec<(f64, f64, f64)> {
    let tokens = theme.palette().tokens();
    let colour = tokens.iter().find(|(name, _)| *name == token).unwrap().1.hex().to_uppercase();
    let colour = format!("fill=\"{colour}\"/>");
    let rectangles = svg.lines().filter(|line| line.starts_with("<rect") && line.ends_with(&colour));
    let number = |line: &str, name: &str| -> f64 {
        let (_, behind) = line.split_once(&format!(" {name}=\"")).unwrap();
        behind.split_once('"').unwrap().0.parse().unwrap()
    };
    rectangles
        .filter(|line| number(line, "width") == 1.0)
        .map(|line| (number(line, "x"), number(line, "y"), number(line, "y") + number(line, "height")))
        .collect()
}

#[test]
fn truncated_values_are_steps() {
    let story = stamps();
    let chart = TimelineChart::new(story.content(), Options { axis: Axis::Lines, ..Options::default() });
    let svg = svg(&chart, &WIDE);
    for path in paths(&svg, Theme::Light, "--chart-free") {
        let is_level_or_upright = |pair: &[(f64, f64)]| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1;
        assert!(path.windows(2).all(is_level_or_upright));
    }
}

#[test]
fn the_byte_axis_begins_at_zero() {
    for story in [leak(), Story::of([(0, 90_000, 80_000, 70_000), (9, 90_100, 80_000, 70_000)])] {
        let svg = svg(&story.chart(), &WIDE);
        assert!(svg.contains(">0</text>"));
    }
}

#[test]
fn the_pointer_finds_values_and_events() {
    let story = leak();
    let chart = story.chart();
    let scale = |seconds: f64| {
        let (left, right) = (chart.key_at(&WIDE, 100.0), chart.key_at(&WIDE, 700.0));
        100.0 + (seconds * 1_000.0 - left) * 600.0 / (right - left)
    };
    let hit = chart.hit(&WIDE, scale(702.0), 100.0).unwrap();
    assert_eq!((hit.moment.at, hit.moment.line), (Millis::from_secs(700), 700));
    let metrics: Vec<Metric> = hit.readings.iter().map(|reading| reading.metric).collect();
    assert_eq!(
        metrics,
        [Metric::Free, Metric::LargestFreeBlock, Metric::LowWaterMark, Metric::Fragmentation]
    );
    assert!(hit.flags.is_empty() && hit.report.is_none());
    // Crash and restart stand too close for a mark each.
    let kinds: Vec<&str> =
        chart.hit(&WIDE, scale(1_896.0), 8.0).unwrap().flags.iter().map(|flag| flag.kind.label()).collect();
    assert_eq!(kinds, ["Crash", "Restart"]);
    assert_eq!(chart.hit(&WIDE, scale(1_300.0), 320.0 - 24.0).unwrap().report, Some(1));
    assert_eq!(chart.hit(&WIDE, 10.0, 100.0), None);
}

#[test]
fn every_kind_of_event_has_a_shape_of_its_own() {
    let kinds = [
        EventKind::Restart,
        EventKind::OutOfMemory,
        EventKind::OomCounterReset,
        EventKind::Exception,
        EventKind::ProgramStopped,
        EventKind::Crash,
        EventKind::LogSwitchedOff,
        EventKind::HeapCorrupted,
    ];
    let mut story = Story::of((0..100).map(|i| (i * 10, 20_000, 15_000, 14_000))).gap(900, 901);
    for (index, kind) in kinds.into_iter().enumerate() {
        story = story.event(40 + 110 * index as u64, 40 + 110 * index as u64, kind);
    }
    check("timeline_events", &story.chart(), &WIDE);
    check("timeline_events_dark", &story.chart(), &WIDE_DARK);
    let mut swatches: Vec<String> =
        story.chart().legend().iter().map(|item| format!("{:?}", item.swatch)).collect();
    let count = swatches.len();
    swatches.dedup();
    assert_eq!((swatches.len(), count), (4 + 9, 4 + 9));
}

#[test]
fn the_text_twin_of_a_timeline() {
    let story = Story::of([(0, 24_260, 18_000, 23_000), (70, 24_100, 17_000, 22_800)]).event(
        60,
        5,
        EventKind::Restart,
    );
    let table = story.chart().table();
    assert_eq!(
        table.to_tsv(),
        "Time\tFree heap, bytes\tLargest free block, bytes\tLow-water mark, bytes\tFragmentation\tWhat happened\n\
         0:00:00\t24260\t18000\t23000\t26%\t\n\
         0:01:00\t\t\t\t\tRestart: as the log says\n\
         0:01:10\t24100\t17000\t22800\t30%\t\n"
    );
    assert!(
        table
            .caption
            .starts_with("1\u{a0}min\u{a0}10\u{a0}s of the recording. Free heap: first 23.7\u{a0}KB")
    );
}

/// A picture's CSV file, whole, and how many pieces it came in.
fn data(picture: &impl Picture) -> (String, usize) {
    let (mut text, mut pieces) = (String::new(), 0);
    picture.write_data(&mut |piece| {
        text.push_str(piece);
        pieces += 1;
    });
    (text, pieces)
}

#[test]
fn the_file_of_a_timeline_has_every_value_whatever_is_shown() {
    let mut figures = Figures::default();
    figures.set(Figure::Free, Amount::kib_truncated(23));
    figures.set(Figure::OomCount, Amount::exact(2));
    let exact = |free| {
        let mut figures = Figures::default();
        figures.set(Figure::Free, Amount::exact(free));
        figures.set(Figure::LargestFreeBlock, Amount::exact(free / 2));
        figures
    };
    let moments =
        [(Millis(1_500), 3, exact(24_260)), (Millis(2_000), 7, figures), (Millis(2_000), 9, exact(22_000))];
    let mut story = Story { timeline: Timeline::from_moments(moments), ..Story::default() };
    story = story.event(2, 5, EventKind::OutOfMemory).event(2, 9, EventKind::Crash);
    story.events[0].event.text = "=HYPERLINK(\"x\"), and more".into();
    let options = Options { view: View::Time(Millis(1_900), Millis(2_000)), ..Options::default() };
    let expected = "Seconds,Log line,\"Free heap, bytes\",\"Largest free block, bytes\",\"Fragmentation, %\",\
                    Failed allocations,Cut off to whole KB,What happened\r\n\
                    1.500,4,24260,12130,50,,,\r\n\
                    2.000,6,,,,,,\"Out of memory: =HYPERLINK(\"\"x\"\"), and more\"\r\n\
                    2.000,8,23552,,,2,yes,\r\n\
                    2.000,10,22000,11000,50,,,Crash: as the log says\r\n";
    assert_eq!(data(&TimelineChart::new(story.content(), options)), (expected.into(), 1));
    let lines = Options { axis: Axis::Lines, ..Options::default() };
    let (text, _) = data(&TimelineChart::new(story.content(), lines));
    assert!(
        text.starts_with("Log line,\"Free heap, bytes\"") && text.contains("\r\n4,24260,12130,50,,,\r\n"),
        "{text}"
    );
    // Others have what their tables have.
    let picture = Composition::new(&toit());
    assert_eq!(data(&picture), (picture.table().to_csv(), 1));
}

#[test]
fn a_long_timeline_is_written_in_pieces() {
    let count = 100_000;
    let story = Story::of((0..count).map(|index| (index, 20_000 + index, 10_000, 5_000)));
    let (text, pieces) = data(&story.chart());
    assert!(pieces > text.len() / 300_000, "{pieces} pieces of {} bytes", text.len());
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(rows.len() as u64, count);
    for (index, row) in rows.iter().enumerate() {
        let free = 20_000 + index;
        let percent = 100 - 10_000 * 100 / free;
        let line = index * 10 + 1;
        assert_eq!(*row, format!("{index}.000,{line},{free},10000,5000,{percent},,"));
    }
}

// ---- block map --------------------------------------------------------------------------------------------

/// The block map that is read from a fixture.
fn block_map(name: &str) -> BlockMap {
    let case = support::fixtures().into_iter().find(|case| case.name == name).expect("the fixture exists");
    let mut findings = support::read(&case.log, support::Cut::Whole).into_iter();
    let report = findings.find_map(|finding| match finding.what {
        What::Report(report) => Some(*report),
        _ => None,
    });
    report.expect("the fixture has a report").blocks
}

#[test]
fn block_map_of_a_leak() {
    let map = block_map(LEAK);
    for (name, surface) in [
        ("block_map_leak_wide", WIDE),
        ("block_map_leak_wide_dark", WIDE_DARK),
        ("block_map_leak_wide_sharp", WIDE_SHARP),
        ("block_map_leak_phone", PHONE),
        ("block_map_leak_phone_dark_sharp", PHONE_DARK_SHARP),
    ] {
        check(name, &BlockMapPicture::new(&map), &surface);
    }
}

#[test]
fn block_map_in_pieces() {
    let map = block_map(FRAGMENTED);
    check("block_map_fragmented_wide", &BlockMapPicture::new(&map), &WIDE);
    check("block_map_fragmented_wide_dark", &BlockMapPicture::new(&map), &WIDE_DARK);
    let picture = BlockMapPicture::new(&map).with_selected(Some(Spot::Block(100)));
    check("block_map_selected", &picture, &WIDE);
}

#[test]
fn block_map_of_extremes() {
    check("block_map_empty", &BlockMapPicture::new(&BlockMap::default()), &PHONE);
    let block = |address, size_bytes, kind| Block { address, size_bytes, kind, index: 0 };
    let one = BlockMap::new(vec![block(0x3fff_24c0, 40_000, BlockKind::Free)]);
    check("block_map_one_free_block", &BlockMapPicture::new(&one), &PHONE);
    let full = BlockMap::new(vec![block(0x3fff_24c0, 40_000, BlockKind::Used)]);
    let svg = check("block_map_nothing_free", &BlockMapPicture::new(&full), &PHONE);
    assert!(!svg.contains("largest"));
    let tiny = (0..5_000_u32).map(|index| {
        let kind = if index % 97 == 0 { BlockKind::Free } else { BlockKind::Used };
        block(0x3ffb_0000 + index * 8, 8, kind)
    });
    check("block_map_five_thousand_tiny", &BlockMapPicture::new(&BlockMap::new(tiny.collect())), &WIDE);
}

/// A backend is called a few times for each row, not for each block: thousands of them are drawn within a frame.
#[test]
fn what_is_alike_is_one_shape() {
    let block =
        |index: u32, size_bytes, kind| Block { address: 0x3ffb_0000 + index * 8, size_bytes, kind, index };
    let kind = |index: u32| if index.is_multiple_of(5) { BlockKind::Free } else { BlockKind::Used };
    let map = BlockMap::new((0..5_000_u32).map(|index| block(index, 8, kind(index))).collect());
    let before =
        BlockMap::new((0..5_000_u32).map(|index| block(index, 8, kind(index + 1 + index / 7))).collect());
    let changes = Changes::of(&before, &map);
    assert!(changes.gone().len() > 500 && changes.count(Change::Appeared).blocks > 500);
    let picture = BlockMapPicture::new(&map);
    for (picture, most) in [
        (picture, 8),
        (picture.with_request(4, Rounding::UMM), 8),
        (picture.with_request(1_000, Rounding::UMM), 8),
        (picture.with_changes(Some(&changes)), 14),
    ] {
        let shapes = svg(&picture, &WIDE).matches("\n<").count();
        assert!(shapes <= 10 * most, "{shapes} for 10 rows");
    }
}

#[test]
fn blocks_of_a_real_dump_are_as_wide_as_they_are_large() {
    for (map, surface) in [(block_map(LEAK), WIDE), (block_map(FRAGMENTED), WIDE_SHARP)] {
        let picture = BlockMapPicture::new(&map);
        let bytes_per_row = f64::from(picture.bytes_per_row(&surface));
        let width: f64 = (0..map.blocks().len())
            .flat_map(|index| picture.rects(&surface, Spot::Block(index)))
            .map(|rect| rect.width)
            .sum();
        let (first, end) = map.span().unwrap();
        let rows = f64::from(end - first) / bytes_per_row;
        let row_width = width / rows;
        assert!((row_width - (900.0 - 90.0)).abs() < 2.0, "{row_width}");
        let largest = map.blocks().iter().position(|block| Some(block) == map.largest_free()).unwrap();
        let drawn: f64 = picture.rects(&surface, Spot::Block(largest)).iter().map(|rect| rect.width).sum();
        let expected = f64::from(map.blocks()[largest].size_bytes) * row_width / bytes_per_row;
        assert!((drawn - expected).abs() < 6.0, "{drawn} for {expected}");
    }
}

#[test]
fn every_block_of_a_real_dump_is_found_where_it_is_drawn() {
    for surface in [WIDE, WIDE_SHARP, PHONE, PHONE_DARK_SHARP] {
        let map = block_map(LEAK);
        let picture = BlockMapPicture::new(&map);
        for index in 0..map.blocks().len() {
            let rects = picture.rects(&surface, Spot::Block(index));
            assert!(!rects.is_empty());
            for rect in rects {
                assert!(rect.width * surface.density > 0.99);
                let hit = picture.hit(&surface, rect.x + rect.width / 2.0, rect.y + 1.0);
                assert_eq!(hit, Some(Spot::Block(index)));
            }
        }
    }
}

#[test]
fn the_text_twin_of_a_block_map() {
    let map = block_map(LEAK);
    let table = BlockMapPicture::new(&map).table();
    assert_eq!(table.rows.len(), map.blocks().len());
    assert!(table.to_tsv().starts_with(
        "Address\tKind\tBytes\tBlock number\n0x3fff24c0\tguard\t8\t0\n0x3fff24c8\tused\t4104\t1\n"
    ));
    assert!(table.caption.starts_with("0x3fff24c0 to 0x3fffc000: "), "{}", table.caption);
}

// ---- block map: what would fit, what changed, what is broken -------------------------------------------------

/// A Toit page, an Ethernet frame, a full TLS record in BearSSL.
const REQUESTS: [u32; 3] = [4_096, 1_514, 16_709];

const STRIP: Surface = Surface::new(900.0, 76.0, 1.0, Theme::Light);
const STRIP_DARK_SHARP: Surface = Surface::new(900.0, 76.0, 2.0, Theme::Dark);

fn plain(text: Option<String>) -> String {
    text.unwrap_or_default().replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn block_map_with_a_request() {
    let (leak, pieces) = (block_map(LEAK), block_map(FRAGMENTED));
    let picture = |map, bytes| BlockMapPicture::new(map).with_request(bytes, Rounding::UMM);
    for (name, map, bytes, surface) in [
        ("block_map_fits", &leak, REQUESTS[1], WIDE),
        ("block_map_fits_dark", &leak, REQUESTS[1], WIDE_DARK),
        ("block_map_fits_phone", &leak, REQUESTS[0], PHONE),
        ("block_map_fits_in_pieces", &pieces, 500, WIDE),
        ("block_map_does_not_fit", &pieces, REQUESTS[1], WIDE),
        ("block_map_does_not_fit_phone_dark", &pieces, REQUESTS[2], PHONE_DARK_SHARP),
    ] {
        check(name, &picture(map, bytes), &surface);
    }
    assert_eq!(
        plain(picture(&leak, 1_514).request_said()),
        "1 514 bytes would go to 0x3fff8c90, the front of the only free block that holds it (12.9 KB). It fits 8 times."
    );
    assert_eq!(
        plain(picture(&pieces, 1_514).request_said()),
        "1 514 bytes do not fit: the largest request that can be had is 756 bytes, 758 bytes less, though 11 528 bytes are free in all."
    );
    let table = picture(&pieces, 500).table();
    let kinds: Vec<&str> = table.rows.iter().map(|row| &*row[1]).collect();
    assert!(kinds.contains(&"free, holds it once") && kinds.contains(&"free, too small"), "{kinds:?}");
}

/// What the model of the allocator takes is what the picture says that it would take.
#[test]
fn the_allocator_takes_what_is_marked() {
    use heapscope::demo::{BLOCK_BYTES, HEAP_START, UmmHeap};
    let mut heap = UmmHeap::new(HEAP_START);
    let mut held = Vec::new();
    for step in 0..600_u64 {
        let size = 8 + (noise(step) % 900) as u32;
        if noise(step * 3) % 5 < 3 {
            let mut printed = Vec::new();
            heap.print_info(&mut printed);
            let map = report_of(&printed).blocks;
            let placed = Placement::of(&map, size, Rounding::UMM);
            let taken = heap.malloc(size);
            assert_eq!(taken.is_some(), placed.taken.is_some(), "{size} at {step}");
            if let (Some(taken), Some(block)) = (taken, placed.taken) {
                let mut printed = Vec::new();
                heap.print_info(&mut printed);
                let after = report_of(&printed).blocks;
                let is_new = |block: &&Block| {
                    let old = map.blocks().iter().find(|old| old.address == block.address);
                    block.kind == BlockKind::Used && old.is_some_and(|old| old.kind == BlockKind::Free)
                };
                let new = after.blocks().iter().find(is_new).expect("it is in the map");
                assert_eq!(new.size_bytes, placed.block_bytes);
                assert_eq!(new.size_bytes % BLOCK_BYTES, 0);
                // Of several blocks of one size, the one that is first in the allocator's list.
                let front = map.blocks().iter().find(|old| old.address == new.address).unwrap();
                assert_eq!(front.size_bytes, block.size_bytes);
                assert!(placed.alike > 1 || front == &block);
                held.push(taken);
            }
        } else if !held.is_empty() {
            let taken = held.swap_remove(noise(step * 7) as usize % held.len());
            heap.free(taken);
        }
    }
    assert!(held.len() > 20);
}

/// The first report in a log.
fn report_of(log: &[u8]) -> Report {
    let mut findings = support::read(log, support::Cut::Whole).into_iter();
    let report = findings.find_map(|finding| match finding.what {
        What::Report(report) => Some(*report),
        _ => None,
    });
    report.expect("the log has a report")
}

#[test]
fn block_map_compared_with_another() {
    let before = block_map("umm/leak_core278_full_1");
    let after = block_map(LEAK);
    let changes = Changes::of(&before, &after);
    let picture = BlockMapPicture::new(&after).with_changes(Some(&changes));
    for (name, surface) in [
        ("block_map_changes", WIDE),
        ("block_map_changes_dark", WIDE_DARK),
        ("block_map_changes_phone", PHONE),
    ] {
        check(name, &picture, &surface);
    }
    // In both directions: what appeared in one went in the other.
    let back = Changes::of(&after, &before);
    let earlier = BlockMapPicture::new(&before).with_changes(Some(&back));
    check("block_map_changes_back", &earlier, &WIDE);
    assert_eq!(changes.count(Change::Appeared), back.count(Change::Gone));
    let gone = (0..back.gone().len()).filter(|gone| !earlier.rects(&WIDE, Spot::Gone(*gone)).is_empty());
    assert_eq!(gone.count(), back.gone().len(), "each is drawn");
    check("block_map_changes_and_request", &picture.with_request(REQUESTS[0], Rounding::UMM), &WIDE);
    let table = earlier.table();
    let went = table.rows.iter().filter(|row| row[1] == "went").count() as u64;
    assert_eq!(went, back.count(Change::Gone).blocks);
    let legend: Vec<String> = picture.legend().into_iter().map(|item| item.label).collect();
    assert!(legend.iter().any(|label| label.starts_with("Appeared: ")), "{legend:?}");
}

/// Two maps with one block of each fate.
#[test]
fn every_fate_has_a_look_of_its_own() {
    let (used, free) = (BlockKind::Used, BlockKind::Free);
    let map = |blocks: &[(u32, u32, BlockKind)]| {
        let block = |&(address, size_bytes, kind): &(u32, u32, BlockKind)| Block {
            address: 0x3fff_0000 + address,
            size_bytes,
            kind,
            index: address / 8,
        };
        BlockMap::new(blocks.iter().map(block).collect())
    };
    let before = map(&[(0, 64, used), (64, 64, used), (128, 64, used), (192, 64, free)]);
    let after = map(&[(0, 64, used), (64, 64, free), (128, 96, used), (224, 32, used)]);
    let changes = Changes::of(&before, &after);
    let counts = Change::ALL.map(|change| changes.count(change).blocks);
    assert_eq!(counts, [1, 1, 1, 1]);
    let picture = BlockMapPicture::new(&after).with_changes(Some(&changes));
    check("block_map_fates", &picture, &PHONE);
    let mut looks: Vec<_> =
        picture.legend().iter().map(|item| (item.token, format!("{:?}", item.swatch))).collect();
    let count = looks.len();
    looks.sort();
    looks.dedup();
    assert_eq!((looks.len(), count), (5, 5));
    assert_eq!(
        plain(Some(picture.describe(Spot::Block(2)))),
        "0x3fff0080 · block 16 · 96 bytes · used, 64 bytes before · after free 8 (64 bytes) · before used 28 (32 bytes)"
    );
    assert!(picture.describe(Spot::Gone(0)).contains("went"));
}

#[test]
fn block_map_as_a_strip() {
    let map = block_map(LEAK);
    let picture = BlockMapPicture::new(&map).as_strip(true);
    check("block_map_strip", &picture, &STRIP);
    check("block_map_strip_dark_sharp", &picture.with_request(1_514, Rounding::UMM), &STRIP_DARK_SHARP);
    // As wide as it wants to be, every block is as wide as it is large.
    let surface = Surface::new(picture.strip_width_px(), 76.0, 1.0, Theme::Light);
    for (index, block) in map.blocks().iter().enumerate() {
        let width: f64 = picture.rects(&surface, Spot::Block(index)).iter().map(|rect| rect.width).sum();
        assert!((width - f64::from(block.size_bytes) / 8.0).abs() <= 1.0, "{block:?} {width}");
    }
}

/// A damaged map as its fixture has it, with what its reader found.
fn damaged(name: &str) -> (Report, Vec<Damage>) {
    let case = support::fixtures().into_iter().find(|case| case.name == name).expect("the fixture exists");
    let (mut report, mut events) = (None, Vec::new());
    for finding in support::read(&case.log, support::Cut::Whole) {
        match finding.what {
            What::Report(one) if report.is_none() => report = Some(*one),
            What::Event(event) => events.push(DatedEvent {
                at: Millis(0),
                lines: finding.lines,
                dialect: finding.dialect,
                event,
            }),
            _ => {}
        }
    }
    let report = report.expect("the fixture has a report");
    let all = LineRange { first: 0, last: u64::MAX };
    let dated = DatedReport { at: Millis(0), lines: all, dialect: "umm", report: Rc::new(report.clone()) };
    (report, Damage::of_run(&events, &[], &dated))
}

#[test]
fn corruption_is_drawn_where_it_is() {
    for (fixture, name, address, unread) in [
        ("umm/corrupt_pb_overwritten", "block_map_damaged_pb", 0x3fff_35f8, 0),
        ("umm/corrupt_overrun_of_nb", "block_map_damaged_nb", 0x3fff_24f8, 1),
        ("umm/corrupt_nf_overwritten", "block_map_damaged_nf", 0x3fff_3af8, 0),
        ("umm/corrupt_free_neighbours", "block_map_damaged_neighbours", 0x3fff_24f8, 0),
        ("umm/corrupt_chain_ends_early", "block_map_damaged_end", 0x3fff_25f0, 0),
    ] {
        let (report, damage) = damaged(fixture);
        assert_eq!(damage.iter().map(|damage| damage.address).collect::<Vec<_>>(), [address], "{fixture}");
        let picture = BlockMapPicture::new(&report.blocks).with_damage(&damage).incomplete(!report.complete);
        let svg = check(name, &picture, &WIDE);
        let alarm = Theme::Light.palette().alarm.hex().to_uppercase();
        assert!(svg.matches(&alarm).count() >= 2, "{fixture}");
        if name == "block_map_damaged_nb" {
            check("block_map_damaged_phone_dark", &picture, &PHONE_DARK_SHARP);
        }
        let first = picture.step(&WIDE, None, Way::Right).expect("there is something");
        let at_damage = picture.table().rows.iter().any(|row| row[1].contains("damaged"));
        let holes = picture.table().rows.iter().filter(|row| row[1].starts_with("not read")).count();
        assert_eq!(holes, unread, "{fixture}");
        assert!(at_damage, "{fixture}");
        if unread == 0 {
            assert!(picture.describe(first).contains("The heap is corrupted"), "{fixture}");
        }
        assert!(picture.legend().iter().any(|item| item.token == "--chart-alarm"));
    }
    // Damage without an address is said and has no place.
    let (report, damage) = damaged("umm/corrupt_list_leaves_out");
    assert!(damage.is_empty() && !report.problems.is_empty());
}

#[test]
fn alarms_outside_of_maps_have_their_place_in_those_of_their_run() {
    let alarm = |line, address: &str| DatedEvent {
        at: Millis(0),
        lines: LineRange::one(line),
        dialect: "umm",
        event: Event {
            extras: vec![("address", Extra::Text(address.into()))],
            ..Event::new(EventKind::HeapCorrupted, "No poison after block.")
        },
    };
    let restart =
        |line| DatedEvent { event: Event::new(EventKind::Restart, "Restart"), ..alarm(line, "0x0") };
    // A run from line 100 to 200 with two maps; alarms in the first map, before it, and in other runs.
    let events = [
        alarm(50, "0x3fff2500"),
        restart(100),
        alarm(110, "0x3fff24cc"),
        // Once is enough, and what lies elsewhere has no place.
        alarm(111, "0x3fff24cc"),
        alarm(112, "0x3ffe8000"),
        alarm(125, "0x3fff2600"),
        restart(200),
        alarm(210, "0x3fff2700"),
    ];
    let map = block_map(LEAK);
    let dated = |line| {
        let mut dated = Story::default().report(0, line).reports.remove(0);
        let report = Report { blocks: map.clone(), ..(*dated.report).clone() };
        dated.report = Rc::new(report);
        dated
    };
    let reports = [dated(125), dated(150)];
    let found = |line| {
        let damage = Damage::of_run(&events, &reports, &dated(line));
        damage.into_iter().map(|damage| damage.address).collect::<Vec<_>>()
    };
    assert_eq!(found(125), [0x3fff_24cc, 0x3fff_2600]);
    assert_eq!(found(150), [0x3fff_24cc], "what another map shows belongs to that");
    assert_eq!(found(20), [0x3fff_2500]);
    // The alarm names the program's first byte: it is in the block whose header stands before that.
    let map =
        BlockMap::new(vec![Block { address: 0x3fff_24c8, size_bytes: 48, kind: BlockKind::Used, index: 1 }]);
    let damage = Damage::of_run(&events, &reports, &dated(150));
    let picture = BlockMapPicture::new(&map).with_damage(&damage);
    assert!(picture.describe(Spot::Block(0)).ends_with("No poison after block."));
    assert_eq!(picture.table().rows[0][1], "used, damaged");
}

#[test]
fn what_was_lost_on_the_way_is_no_damage() {
    let (_, damage) = damaged("umm/lost_on_the_way");
    assert!(damage.is_empty());
    let case = support::fixtures().into_iter().find(|case| case.name == "umm/lost_on_the_way").unwrap();
    let mut reports =
        support::read(&case.log, support::Cut::Whole).into_iter().filter_map(|finding| match finding.what {
            What::Report(report) => Some(*report),
            _ => None,
        });
    let report = reports.find(|report| report.problems[0].starts_with("Rows are missing")).unwrap();
    let picture = BlockMapPicture::new(&report.blocks).incomplete(true);
    check("block_map_incomplete", &picture, &WIDE);
    let unread: Vec<_> = picture.table().rows.into_iter().filter(|row| row[1] == "not read").collect();
    assert_eq!(unread.iter().map(|row| plain(Some(row[2].clone()))).collect::<Vec<_>>(), ["4 104"]);
    // Found where it is drawn.
    let spot = Spot::Unread(3);
    let rect = picture.rects(&WIDE, spot)[0];
    assert_eq!(picture.hit(&WIDE, rect.x + 2.0, rect.y + 2.0), Some(spot));
    let svg = svg(&picture, &WIDE);
    assert!(!svg.contains(&Theme::Light.palette().alarm.hex().to_uppercase()));
}

// ---- free blocks by size ------------------------------------------------------------------------------------

#[test]
fn free_blocks_by_size() {
    let (leak, pieces) = (block_map(LEAK), block_map(FRAGMENTED));
    let requests = heapscope::dialect::usual_requests("umm");
    assert_eq!(requests.len(), 3);
    let picture = |map| FreeBlocks::new(map).with_marks(map, requests, Some(Rounding::UMM));
    let (wide, phone) =
        (Surface::new(900.0, 160.0, 1.0, Theme::Light), Surface::new(330.0, 160.0, 2.0, Theme::Dark));
    check("free_blocks", &picture(&leak), &wide);
    check("free_blocks_phone_dark", &picture(&leak).with_selected(Some(2)), &phone);
    check("free_blocks_in_pieces", &picture(&pieces).with_request(&pieces, 500, Rounding::UMM), &wide);
    let none = picture(&pieces).with_request(&pieces, 1_514, Rounding::UMM);
    check("free_blocks_none_holds_it", &none, &Surface { theme: Theme::Dark, ..wide });
    check("free_blocks_empty", &FreeBlocks::new(&BlockMap::default()), &wide);
    let one = Block { address: 0x3fff_24c0, size_bytes: 40_000, kind: BlockKind::Free, index: 0 };
    check("free_blocks_one", &FreeBlocks::new(&BlockMap::new(vec![one])), &wide);
    check("free_blocks_pointed", &picture(&leak).with_selected(Some(3)), &wide);
    let part = picture(&leak).incomplete(true);
    assert!(part.summary().contains("not whole"), "{}", part.summary());
    assert_eq!(none.classes().iter().map(|class| class.usable_bytes).sum::<u64>(), 0);
    let values: Vec<String> = picture(&leak).legend().into_iter().map(|item| item.value).collect();
    assert_eq!(values, ["fits 8 times", "fits twice", "does not fit"]);
    assert_eq!(picture(&pieces).summary(), none.summary().split(" For ").next().unwrap());
}

// ---- composition ------------------------------------------------------------------------------------------

/// The table of the public question "How to interpret Toit out of memory error", in printed order.
fn toit() -> Vec<Category> {
    [
        (784, 6, "external byte array"),
        (73_728, 18, "toit"),
        (5_016, 25, "lwip"),
        (7_144, 585, "heap overhead"),
        (8_088, 49, "event source"),
        (4_472, 122, "other threads"),
        (20_744, 25, "thread spawn"),
        (48_368, 184, "null tag"),
        (42_896, 112, "wifi"),
    ]
    .map(|(bytes, count, name)| Category { name: name.into(), bytes, count, is_part_of_previous: false })
    .to_vec()
}

/// The same with the processes that share toit's bytes.
fn toit_with_processes() -> Vec<Category> {
    let mut categories = toit();
    for (place, (bytes, count, name)) in [
        (24_576, 6, "0193d2ab-77aa-5c61-9a0e-3d1f0a41c4f2"),
        (49_152, 12, "e0a4c7d2-1b52-5f0d-8a3c-7be29f1f55aa"),
    ]
    .into_iter()
    .enumerate()
    {
        let category = Category { name: name.into(), bytes, count, is_part_of_previous: true };
        categories.insert(2 + place, category);
    }
    categories
}

#[test]
fn composition_of_a_toit_report() {
    let picture = Composition::new(&toit());
    assert_eq!(picture.total_bytes(), 211_240);
    check("composition_wide", &picture, &WIDE);
    check("composition_wide_dark", &picture, &WIDE_DARK);
    check("composition_short", &picture, &PHONE);
    let tall = Surface::new(360.0, picture.preferred_height_px(360.0), 2.0, Theme::Dark);
    check("composition_phone_dark_sharp", &picture, &tall);
}

#[test]
fn composition_with_parts() {
    let picture = Composition::new(&toit_with_processes()).with_selected(Some(3));
    assert_eq!(picture.total_bytes(), 211_240, "parts are never added");
    let svg = check("composition_parts", &picture, &WIDE_SHARP);
    assert!(svg.contains("e0a4c7d2") && svg.contains('…'));
    let tall = Surface::new(360.0, picture.preferred_height_px(360.0), 1.0, Theme::Light);
    check("composition_parts_phone", &picture, &tall);
}

#[test]
fn composition_of_extremes() {
    check("composition_empty", &Composition::new(&[]), &PHONE);
    let zero = Category { name: "nothing".into(), bytes: 0, count: 0, is_part_of_previous: false };
    check("composition_zero", &Composition::new(&[zero]), &PHONE);
    // Sixty processes: those that have no room are counted.
    let many: Vec<Category> = (0..60_u64)
        .map(|index| Category {
            name: format!("process {index}").into(),
            bytes: 60_000 / (index + 1),
            count: index,
            is_part_of_previous: false,
        })
        .collect();
    check("composition_many", &Composition::new(&many), &WIDE);
}

#[test]
fn the_sum_of_bars_is_the_sum_of_bytes() {
    let picture = Composition::new(&toit());
    let widths: f64 = (0..9).filter_map(|row| picture.bar(&WIDE, row)).map(|bar| bar.width).sum();
    let longest = picture.bar(&WIDE, 0).unwrap().width;
    assert!((widths / longest - 211_240.0 / 73_728.0).abs() < 1e-6);
}

#[test]
fn the_text_twin_of_a_composition() {
    let table = Composition::new(&toit_with_processes()).table();
    let tsv = table.to_tsv();
    let rows: Vec<&str> = tsv.lines().collect();
    assert_eq!(
        rows[..3],
        [
            "Type\tBytes\tShare\tCount",
            "toit\t73728\t35%\t18",
            "part of the above: e0a4c7d2-1b52-5f0d-8a3c-7be29f1f55aa\t49152\t23%\t12",
        ]
    );
    assert_eq!(rows.len(), 12);
}

// ---- composition over time ----------------------------------------------------------------------------------

/// What a board that loads a program, and then keeps what it receives, would report.
fn toit_over_time(reports: u64) -> Vec<(Moment, Vec<Category>)> {
    let report = |place: u64| {
        let mut categories = toit();
        categories[1].bytes += 4_096 * place;
        categories[0].bytes += noise(place) % 4_000;
        categories[7].bytes -= 1_024 * (place % 3);
        let at = Millis::from_secs(30 + place * 60);
        (Moment { at, line: 12 + place * 20 }, categories)
    };
    (0..reports).map(report).collect()
}

fn over_time(reports: &[(Moment, Vec<Category>)]) -> CompositionOverTime {
    let rows: Vec<_> = reports.iter().map(|(moment, rows)| (*moment, rows.as_slice())).collect();
    CompositionOverTime::of_categories(&rows)
}

const LAYERS: Surface = Surface::new(900.0, 190.0, 1.0, Theme::Light);
const LAYERS_PHONE: Surface = Surface::new(330.0, 190.0, 2.0, Theme::Dark);

#[test]
fn composition_over_time() {
    let picture = over_time(&toit_over_time(9));
    check("over_time", &picture, &LAYERS);
    check("over_time_dark", &picture, &Surface { theme: Theme::Dark, ..LAYERS });
    check("over_time_phone_dark_sharp", &picture, &LAYERS_PHONE);
    let pointed = picture.hit(&LAYERS, 380.0, 150.0).unwrap();
    assert_eq!(pointed.layer, Some(0), "the largest is at the bottom");
    let marked = picture.clone().with_shown(Some(8)).with_selected(Some(pointed));
    check("over_time_pointed", &marked, &LAYERS);
    check("over_time_two_reports", &over_time(&toit_over_time(2)), &LAYERS);
    check("over_time_many", &over_time(&toit_over_time(400)), &LAYERS);
    let lines = over_time(&toit_over_time(5)).on(Axis::Lines);
    let svg = check("over_time_lines", &lines, &LAYERS);
    assert!(svg.contains("line 40"));
    // Reports that all have one time stand side by side.
    let mut same = toit_over_time(4);
    same.iter_mut().for_each(|(moment, _)| moment.at = Millis(0));
    check("over_time_of_one_moment", &over_time(&same), &LAYERS);
    // One report says nothing over time.
    for nothing in [over_time(&toit_over_time(1)), over_time(&[])] {
        assert!(nothing.is_empty() && nothing.hit(&LAYERS, 300.0, 100.0).is_none());
        check("over_time_empty", &nothing, &LAYERS);
    }
}

#[test]
fn layers_are_as_thick_as_their_bytes_and_found_where_they_are_drawn() {
    let reports = toit_over_time(9);
    let picture = over_time(&reports);
    let table = picture.table();
    assert_eq!((table.headers.len(), table.rows.len()), (1 + 7, 9));
    let number = |cell: &str| heapscope::format::plain_digits(cell).parse::<u64>().unwrap();
    for (place, (row, (_, rows))) in table.rows.iter().zip(&reports).enumerate() {
        let all: u64 = rows.iter().map(|row| row.bytes).sum();
        assert_eq!(row[1..].iter().map(|cell| number(cell)).sum::<u64>(), all, "no byte is lost or added");
        // Down through the picture at this report: every layer, in order, as thick as it is large.
        let x = 58.0 + (900.0 - 190.0 - 58.0) * place as f64 / 8.0;
        let mut thickness = [0_u64; 7];
        for tenth in 0..1_900 {
            let slice = picture.hit(&LAYERS, x, f64::from(tenth) / 10.0).unwrap();
            assert_eq!(slice.moment, place);
            if let Some(layer) = slice.layer {
                thickness[layer] += 1;
            }
        }
        let drawn: u64 = thickness.iter().sum();
        for (layer, drawn_layer) in thickness.iter().enumerate() {
            let expected = number(&row[layer + 1]) * drawn / all;
            assert!(drawn_layer.abs_diff(expected) <= 2, "{layer} at {place}: {drawn_layer} of {expected}");
        }
    }
}

#[test]
fn what_changed_between_two_reports_is_said() {
    let picture = over_time(&toit_over_time(3));
    assert_eq!(picture.changes(0), None);
    assert_eq!(
        plain(picture.changes(1)),
        "Since 0:00:30: toit +4 KB, null tag −1 KB, 3 others +336 bytes; used in all +3.3 KB."
    );
    let slice = picture.hit(&LAYERS, 58.0, 160.0).unwrap();
    assert_eq!(plain(Some(picture.describe(slice))), "0:00:30: toit 72 KB (35%).");
    let same = toit_over_time(1).remove(0);
    assert_eq!(
        over_time(&[same.clone(), same]).changes(1).as_deref(),
        Some("Nothing changed since 0:00:30.")
    );
}

#[test]
fn block_maps_over_time() {
    let names = [1, 2, 3, 4].map(|number| format!("umm/leak_core278_full_{number}"));
    let maps = names.map(|name| block_map(&name));
    let reports: Vec<_> = maps
        .iter()
        .enumerate()
        .map(|(place, map)| (Moment { at: Millis::from_secs(60 * place as u64), line: 0 }, map))
        .collect();
    let picture = CompositionOverTime::of_maps(&reports);
    check("over_time_maps", &picture, &LAYERS);
    check("over_time_maps_phone_dark_sharp", &picture, &LAYERS_PHONE);
    let last = picture.legend();
    assert_eq!(last[0].label, "Free", "what is free lies on top");
    assert!(plain(picture.changes(3)).contains("Free −"), "{:?}", picture.changes(3));
    for ((_, map), row) in reports.iter().zip(&picture.table().rows) {
        let bytes: u64 =
            row[1..].iter().map(|cell| heapscope::format::plain_digits(cell).parse::<u64>().unwrap()).sum();
        let blocks = map.blocks().iter().filter(|block| block.kind != BlockKind::Guard);
        assert_eq!(bytes, blocks.map(|block| u64::from(block.size_bytes)).sum::<u64>());
    }
}

// ---- all --------------------------------------------------------------------------------------------------

#[test]
fn no_surface_is_too_small_to_paint_on() {
    let (story, map, categories) = (leak(), block_map(LEAK), toit_with_processes());
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (40.0, 20.0), (100.0, 400.0), (4_000.0, 30.0)] {
        for density in [0.0, 0.5, 1.0, 3.0, f64::NAN] {
            let surface = Surface::new(width, height, density, Theme::Light);
            svg(&story.chart(), &surface);
            svg(&BlockMapPicture::new(&map), &surface);
            svg(&BlockMapPicture::new(&map).as_strip(true), &surface);
            let changes = Changes::of(&BlockMap::default(), &map);
            let picture = BlockMapPicture::new(&map).with_changes(Some(&changes));
            svg(&picture.with_request(1_000, Rounding::UMM), &surface);
            svg(&FreeBlocks::new(&map).with_request(&map, 1_000, Rounding::UMM), &surface);
            FreeBlocks::new(&map).hit(&surface, width / 2.0, height / 2.0);
            svg(&Composition::new(&categories), &surface);
            let layers = over_time(&toit_over_time(3));
            svg(&layers, &surface);
            layers.hit(&surface, width / 2.0, height / 2.0);
            story.chart().hit(&surface, width / 2.0, height / 2.0);
            BlockMapPicture::new(&map).hit(&surface, width / 2.0, height / 2.0);
        }
    }
}

#[test]
fn names_from_a_log_are_escaped() {
    let name = "</svg><script>alert(1)</script>".into();
    let evil = Category { name, bytes: 1, count: 1, is_part_of_previous: false };
    let svg = svg(&Composition::new(&[evil]), &WIDE);
    assert!(!svg.contains("<script"));
}
