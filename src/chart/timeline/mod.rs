//! A heap over time: free, largest block and low-water mark above; fragmentation below; and what happened.
//!
//! [`TimelineChart::new`] only borrows and looks up what there is; it is cheap enough to be called for every
//! frame. Painting takes the visible points through [`decimate`], so its cost follows the
//! width of the picture and not the length of the recording: 3 series of 10 million points are drawn as fast as of one.
//!
//! What it refuses to do: to draw a line over a restart, a crash or a gap, where memory before and after do not
//! belong together; to hide zero; to show a KB value that the firmware truncated as more than it is (such a line
//! has steps and stands at the lower value); to judge.
//!
//! A log without times has an axis of its own: [`Axis::Lines`] puts each value at its log line.
//!
//! Where the heap is said to run empty, the axis of time goes on beyond the last value, by half of what is known at most,
//! and a band shows how: see [`Forecast`]. What ends beyond that is said at the edge.
//!
//! ```
//! use heapscope::chart::{Options, Picture, TimelineChart};
//! use heapscope::heap::Millis;
//! use heapscope::recording::{Recorder, Source};
//!
//! let recorder = Recorder::new(Source::Demo);
//! let chart = TimelineChart::new(recorder.recording(), Options::default());
//! assert!(chart.is_empty() && chart.legend().is_empty());
//! ```

mod data;
mod flags;
mod forecast;
mod navigation;
mod paint;
mod sides;
mod steps;

use std::ops::Range;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

pub use flags::{Flag, FlagKind};
pub use navigation::{Gesture, Sight};

use super::pen::Pen;
use super::scale::LinearScale;
use super::{LegendItem, PaintResult, Picture, Rect, Surface, Swatch, Table};
use crate::format;
use crate::heap::order::{self, partition_point};
use crate::heap::{Amount, Figure, Forecast, Millis, Unit};
use crate::recording::decimate::{self, Extent, Samples};
use crate::recording::{
    Axis, DatedEvent, DatedReport, Mark, MarkKind, Metric, Point, Recording, Series, Timeline, Track,
};
use crate::words::chart::timeline as words;

/// What a timeline is drawn from: parts of a recording.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The figures.
    pub timeline: &'a Timeline,
    /// What happened.
    pub events: &'a [DatedEvent],
    /// The reports.
    pub reports: &'a [DatedReport],
    /// Where bytes were lost or the connection changed.
    pub marks: &'a [Mark],
}

impl<'a> From<&'a Recording> for Content<'a> {
    fn from(recording: &'a Recording) -> Self {
        Content {
            timeline: recording.timeline(),
            events: recording.events(),
            reports: recording.reports(),
            marks: recording.log().marks(),
        }
    }
}

/// What the person chose to see.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Which part.
    pub view: View,
    /// By time or by order.
    pub axis: Axis,
    /// The one cursor of the page.
    pub cursor: Option<Moment>,
    /// The stretch that a person is choosing, in the axis' unit.
    pub band: Option<(f64, f64)>,
    /// The moments that are compared.
    pub sides: [Option<Moment>; 2],
    /// When nothing will be free, as it is drawn. Only an axis of time has a future.
    pub forecast: Option<Forecast>,
    /// The axis goes on to this moment, as far as there is room: to the end of what is forecast now, whichever forecast is
    /// drawn. The axis must not move when a person points at another moment.
    pub until: Option<Millis>,
}

/// Which part of the recording is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// All of it.
    #[default]
    All,
    /// From the first to the second time. On an axis of lines: all.
    Time(Millis, Millis),
    /// From the first to the second log line, counted from 0. On an axis of time: all.
    Lines(u64, u64),
    /// The latest part, this long: it moves on with the recording. On an axis of lines: all.
    Latest(Millis),
}

/// A place in the recording, findable on either axis and in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// When, on the recording's clock.
    pub at: Millis,
    /// The log line, from 0.
    pub line: u64,
}

impl Moment {
    pub(super) fn key(self, axis: Axis) -> u64 {
        match axis {
            Axis::Time => self.at.0,
            Axis::Lines => self.line,
        }
    }
}

/// A value under the cursor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Which line of the chart.
    pub metric: Metric,
    /// Its point nearest to the cursor.
    pub point: Point,
}

impl Reading {
    /// The value as text: `23.7 KB`, `37%`.
    pub fn text(&self) -> String {
        format::quantity(self.point.amount, self.metric.figure().unit())
    }
}

/// What is under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<'a> {
    /// The nearest moment of which a value is known, else that of the pointer itself.
    pub moment: Moment,
    /// The values there, in the order of the legend.
    pub readings: Vec<Reading>,
    /// The events under the pointer, if it is on a mark: several, when they stand too close for one mark each.
    pub flags: Vec<Flag<'a>>,
    /// The report whose mark is under the pointer: its index among the recording's.
    pub report: Option<usize>,
}

/// The picture of a heap over time.
#[derive(Clone, Debug)]
pub struct TimelineChart<'a> {
    timeline: &'a Timeline,
    /// Lines of the upper panel, the most important first.
    bytes: Vec<Trace<'a>>,
    /// The line of the lower panel.
    share: Option<Trace<'a>>,
    flags: Vec<Flag<'a>>,
    reports: Vec<Moment>,
    /// Log lines before which every line of the chart ends.
    breaks: Vec<u64>,
    options: Options,
    /// First and last key that there is.
    all: (u64, u64),
    /// First and last key of the view.
    view: (u64, u64),
}

/// One metric on one axis.
#[derive(Clone, Copy, Debug)]
struct Trace<'a> {
    metric: Metric,
    series: &'a Series,
    axis: Axis,
}

impl Samples for Trace<'_> {
    fn len(&self) -> usize {
        self.series.len()
    }
    fn key(&self, index: usize) -> u64 {
        self.track().key(index)
    }
    fn value(&self, index: usize) -> u64 {
        self.track().value(index)
    }
    fn extent(&self, indices: Range<usize>) -> Option<(u64, u64)> {
        self.track().extent(indices)
    }
    fn first_within(&self, indices: Range<usize>, key: u64, guess: usize) -> usize {
        self.track().first_within(indices, key, guess)
    }
}

impl<'a> Trace<'a> {
    fn track(&self) -> Track<'a> {
        Track { series: self.series, axis: self.axis }
    }
}

impl Trace<'_> {
    fn line(&self, index: usize) -> u64 {
        self.series.line(index)
    }

    fn amount(&self, index: usize) -> Amount {
        self.series.amount(index)
    }

    /// The point nearest to a place on the axis; the earlier one of two.
    fn nearest(&self, key: u64) -> Option<Point> {
        let behind = self.first_at_or_after(key);
        let before = behind.checked_sub(1);
        let distance = |index: usize| self.key(index).abs_diff(key);
        let index = match before {
            Some(before) if behind >= self.len() || distance(before) <= distance(behind) => before,
            _ => behind,
        };
        self.series.get(index)
    }

    /// Indices of the points within `first..=last`.
    fn within(&self, (first, last): (u64, u64)) -> Range<usize> {
        let behind = last.checked_add(1).map_or(self.len(), |key| self.first_at_or_after(key));
        self.first_at_or_after(first)..behind
    }

    fn token(&self) -> &'static str {
        match self.metric {
            Metric::Free => "--chart-free",
            Metric::LargestFreeBlock => "--chart-largest",
            Metric::LowWaterMark => "--chart-low-water",
            _ => "--chart-share",
        }
    }

    fn swatch(&self) -> Swatch {
        match self.metric {
            Metric::Free => Swatch::LineOverArea,
            Metric::LowWaterMark => Swatch::Dashes,
            _ => Swatch::Line,
        }
    }

    /// The name where there is little room.
    fn short_label(&self) -> &'static str {
        match self.metric {
            Metric::Free => "Free",
            Metric::LargestFreeBlock => "Largest",
            Metric::LowWaterMark => "Lowest",
            metric => metric.figure().label(),
        }
    }
}

impl<'a> TimelineChart<'a> {
    /// A chart of a recording, or of its parts.
    pub fn new(content: impl Into<Content<'a>>, options: Options) -> Self {
        let (content, axis) = (content.into(), options.axis);
        let trace = |metric| {
            let series = content.timeline.series(metric);
            (!series.is_empty()).then_some(Trace { metric, series, axis })
        };
        let bytes = [Metric::Free, Metric::LargestFreeBlock, Metric::LowWaterMark];
        let mut flags: Vec<Flag<'a>> = content.events.iter().map(Flag::of_event).collect();
        flags.extend(content.marks.iter().filter(|mark| mark.kind == MarkKind::Gap).map(Flag::of_gap));
        order::sort_by_key(&mut flags, |flag| flag.moment.key(axis));
        let restarts = content.events.iter().filter(|dated| flags::ends_lines(dated.event.kind));
        let mut breaks: Vec<u64> = restarts.map(|dated| dated.lines.first).collect();
        // A board that does not answer is still the same run: the line goes on where it answers again.
        let cuts = |mark: &&Mark| matches!(mark.kind, MarkKind::Connection | MarkKind::Gap);
        breaks.extend(content.marks.iter().filter(cuts).map(|mark| mark.before_line));
        order::sort_by_key(&mut breaks, |&line| line);
        breaks.dedup();
        let reports = content.reports.iter().map(|dated| Moment { at: dated.at, line: dated.lines.last });
        let mut chart = TimelineChart {
            timeline: content.timeline,
            bytes: bytes.into_iter().filter_map(trace).collect(),
            share: trace(Metric::Fragmentation).or_else(|| trace(Metric::FragmentationStamp)),
            flags,
            reports: reports.collect(),
            breaks,
            options,
            all: (0, 0),
            view: (0, 0),
        };
        chart.all = chart.find_all();
        chart.view = chart.find_view();
        chart
    }

    /// Whether there is not a single value to draw a line of.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.share.is_none()
    }

    /// Whether all figures are of one moment: a line through them would be a point.
    pub fn is_of_one_moment(&self) -> bool {
        self.bytes.iter().chain(&self.share).all(|trace| trace.len() < 2)
    }

    /// First and last place of the view: milliseconds, or log lines from 0.
    pub fn view(&self) -> (u64, u64) {
        self.view
    }

    /// The values nearest to a moment, in the order of the legend.
    pub fn readings(&self, moment: Moment) -> Vec<Reading> {
        let key = moment.key(self.options.axis);
        let reading = |trace: &Trace<'_>| Some(Reading { metric: trace.metric, point: trace.nearest(key)? });
        self.traces().filter_map(reading).collect()
    }

    /// What is under the pointer, in CSS pixels; `None` outside of the panels.
    pub fn hit(&self, surface: &Surface, x: f64, y: f64) -> Option<Hit<'a>> {
        let frame = Frame::new(self, surface);
        if x < frame.left || x > frame.right || y < 0.0 || y > surface.height_px {
            return None;
        }
        let key = frame.x.to_value(x).round().max(0.0) as u64;
        let nearest = self.traces().filter_map(|trace| Some((trace.nearest(key)?, trace.axis)));
        let moments = nearest.map(|(point, _)| Moment { at: point.at, line: point.line });
        let axis = self.options.axis;
        let moment = moments.min_by_key(|moment| moment.key(axis).abs_diff(key)).unwrap_or(match axis {
            Axis::Time => Moment { at: Millis(key), line: 0 },
            Axis::Lines => Moment { at: Millis(0), line: key },
        });
        let is_in_lane = y < frame.lane.bottom();
        let cluster = frame.clusters.iter().find(|cluster| is_in_lane && cluster.contains(x));
        let flags = cluster.map(|cluster| self.flags[cluster.flags.clone()].to_vec()).unwrap_or_default();
        let is_on_axis = y >= frame.bottom - paint::REPORT_MARK_PX;
        let report = self.visible_reports().filter(|_| is_on_axis);
        let report = report.map(|(index, at)| (index, (frame.x.to_pixel(at as f64) - x).abs()));
        let report = report.filter(|&(_, distance)| distance <= paint::REPORT_MARK_PX);
        let report = report.min_by(|one, two| one.1.total_cmp(&two.1)).map(|(index, _)| index);
        Some(Hit { moment, readings: self.readings(moment), flags, report })
    }

    /// The place on the axis at a horizontal position: milliseconds, or log lines from 0. For zoom and pan.
    pub fn key_at(&self, surface: &Surface, x: f64) -> f64 {
        Frame::new(self, surface).x.to_value(x)
    }

    fn traces(&self) -> impl Iterator<Item = &Trace<'a>> {
        self.bytes.iter().chain(&self.share)
    }

    fn visible_reports(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let keys = self.reports.iter().map(|moment| moment.key(self.options.axis)).enumerate();
        keys.filter(|(_, key)| (self.view.0..=self.view.1).contains(key))
    }

    /// What is seen of how much, to move about in it.
    pub fn sight(&self) -> Sight {
        /// Nearer than this a sample would fill the picture.
        const LEAST: (u64, u64) = (1_000, 4);
        let least = if self.options.axis == Axis::Time { LEAST.0 } else { LEAST.1 };
        Sight { all: self.all, shown: self.view, ahead: self.ahead(), least }
    }

    /// How far the axis may go on beyond the last of what there is.
    fn ahead(&self) -> u64 {
        let until = self.options.until.filter(|_| self.options.axis == Axis::Time);
        until.map_or(0, |until| until.0.saturating_sub(self.all.1))
    }

    /// The forecast, where the axis has a future.
    fn forecast(&self) -> Option<Forecast> {
        self.options.forecast.filter(|_| self.options.axis == Axis::Time)
    }

    /// What is shown after a gesture. The end of a recording that grows is followed from then on.
    pub fn view_after(&self, gesture: Gesture, is_growing: bool) -> View {
        let sight = self.sight();
        let Some(shown) = sight.after(gesture) else { return View::All };
        let follows = is_growing && Sight { shown, ..sight }.shows_the_end();
        match self.options.axis {
            Axis::Time if follows => View::Latest(Millis(shown.1 - shown.0)),
            Axis::Time => View::Time(Millis(shown.0), Millis(shown.1)),
            Axis::Lines => View::Lines(shown.0, shown.1),
        }
    }

    fn find_all(&self) -> (u64, u64) {
        let axis = self.options.axis;
        let ends = self.traces().flat_map(|trace| [trace.key(0), trace.key(trace.len() - 1)]);
        let moments = self.flags.iter().map(|flag| flag.moment).chain(self.reports.iter().copied());
        let keys = ends.chain(moments.map(|moment| moment.key(axis)));
        let (first, last) = keys.fold((u64::MAX, 0), |(first, last), key| (first.min(key), last.max(key)));
        if first > last { (0, 0) } else { (first, last) }
    }

    fn find_view(&self) -> (u64, u64) {
        let (axis, sight) = (self.options.axis, self.sight());
        let (first, last) = match (self.options.view, axis) {
            (View::Time(first, last), Axis::Time) => (first.0, last.0),
            (View::Lines(first, last), Axis::Lines) => (first, last),
            (View::Latest(length), Axis::Time) => {
                let end = sight.all.1.saturating_add(sight.ahead_in(length.0));
                (end.saturating_sub(length.0), end)
            }
            _ => sight.whole(),
        };
        // A single moment has no width: it stands in the middle of a minute, or of ten lines.
        let (least, first, last) = match axis {
            Axis::Time => (Millis::MINUTE.0, first.min(last), last.max(first)),
            Axis::Lines => (10, first.min(last), last.max(first)),
        };
        match first == last {
            true => (first.saturating_sub(least / 2), first.saturating_sub(least / 2).saturating_add(least)),
            false => (first, last),
        }
    }
}

impl Picture for TimelineChart<'_> {
    fn paint<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, surface: &Surface) -> PaintResult<DB> {
        let pen = Pen::new(root, surface);
        pen.ground()?;
        if self.is_empty() && self.flags.is_empty() {
            return Ok(());
        }
        paint::paint(self, &Frame::new(self, surface), &pen)
    }

    fn table(&self) -> Table {
        let mut headers = vec![match self.options.axis {
            Axis::Time => words::TIME.to_owned(),
            Axis::Lines => words::LOG_LINE.to_owned(),
        }];
        headers.extend(self.traces().map(|trace| match trace.metric.figure().unit() {
            Unit::Bytes => words::in_bytes(trace.metric.figure().label()),
            _ => trace.metric.figure().label().to_owned(),
        }));
        headers.push(words::WHAT_HAPPENED.into());
        let caption = [Some(self.summary()), steps::sentence(self)].into_iter().flatten();
        let caption = caption.collect::<Vec<_>>().join(" ");
        Table { caption, headers, rows: self.table_rows() }
    }

    fn write_data(&self, put: &mut dyn FnMut(&str)) {
        data::write(self, put);
    }

    fn legend(&self) -> Vec<LegendItem> {
        let lines = self.traces().map(|trace| LegendItem {
            label: trace.metric.figure().label().into(),
            value: trace.series.last().map_or_else(String::new, |point| {
                format::quantity(point.amount, trace.metric.figure().unit())
            }),
            token: trace.token(),
            swatch: trace.swatch(),
        });
        let mut items: Vec<LegendItem> = lines.collect();
        let mut kinds: Vec<FlagKind> = Vec::new();
        for flag in &self.flags {
            if !kinds.contains(&flag.kind) {
                kinds.push(flag.kind);
            }
        }
        order::sort_largest_first(&mut kinds, |kind| kind.severity().into());
        items.extend(kinds.into_iter().map(|kind| {
            let count = self.flags.iter().filter(|flag| flag.kind == kind).count();
            let value = if count > 1 { format!("{} ×", format::count(count as u64)) } else { String::new() };
            LegendItem {
                label: kind.label().into(),
                value,
                token: kind.token(),
                swatch: Swatch::Mark(kind.shape()),
            }
        }));
        if !self.reports.is_empty() {
            items.push(LegendItem {
                label: words::REPORT.into(),
                value: String::new(),
                token: "--chart-muted",
                swatch: Swatch::Mark(super::MarkShape::Triangle),
            });
        }
        items.extend(self.forecast().map(|forecast| forecast::legend_item(&forecast)));
        items
    }
}

/// The text twin.
impl TimelineChart<'_> {
    /// A table of more moments than this is read by nobody; then each row sums up a span.
    const MAX_TABLE_ROWS: usize = 200;

    /// What it shows, in a few sentences.
    pub fn summary(&self) -> String {
        let mut sentences = Vec::new();
        for trace in self.traces() {
            let range = trace.within(self.view);
            let Some((lowest, highest)) = trace.series.extent(range.clone()) else { continue };
            let unit = trace.metric.figure().unit();
            let text = |amount: Amount| format::quantity(amount, unit);
            let label = trace.metric.figure().label();
            let course = words::Course {
                first: text(trace.amount(range.start)),
                last: text(trace.amount(range.end - 1)),
                lowest: text(lowest),
                highest: text(highest),
                count: range.len(),
            };
            sentences.push(words::course(label, &course));
        }
        sentences.extend(self.forecast().map(|forecast| forecast::sentence(&forecast)));
        if sentences.is_empty() {
            sentences.push(words::NO_VALUES.into());
        }
        if self.options.axis == Axis::Time {
            sentences.insert(0, words::length(Millis(self.view.1 - self.view.0)));
        }
        sentences.join(" ")
    }

    fn table_rows(&self) -> Vec<Vec<String>> {
        let longest = self.traces().map(|trace| trace.within(self.view).len()).max().unwrap_or(0);
        let mut rows: Vec<((u64, u64), Vec<String>)> = Vec::new();
        let columns = self.traces().count() + 2;
        let new_row = || vec![String::new(); columns];
        if longest <= Self::MAX_TABLE_ROWS {
            for (column, trace) in self.traces().enumerate() {
                for index in trace.within(self.view) {
                    let order = (trace.key(index), trace.line(index));
                    let place = rows.partition_point(|(other, _)| *other < order);
                    if rows.get(place).is_none_or(|(other, _)| *other != order) {
                        rows.insert(place, (order, new_row()));
                    }
                    rows[place].1[column + 1] = cell(trace, (trace.amount(index), trace.amount(index)));
                }
            }
        } else {
            let span = self.view.1.saturating_sub(self.view.0).saturating_add(1);
            let width = decimate::column_width(span, Self::MAX_TABLE_ROWS as u64 / 2);
            let mut first = self.view.0;
            while first <= self.view.1 {
                let last = first.saturating_add(width - 1).min(self.view.1);
                let mut row = new_row();
                for (column, trace) in self.traces().enumerate() {
                    if let Some(extent) = trace.series.extent(trace.within((first, last))) {
                        row[column + 1] = cell(trace, extent);
                    }
                }
                if row.iter().any(|cell| !cell.is_empty()) {
                    rows.push(((first, 0), row));
                }
                let Some(next) = last.checked_add(1) else { break };
                first = next;
            }
        }
        let (first, last) = self.view;
        let visible = |flag: &&Flag| (first..=last).contains(&flag.moment.key(self.options.axis));
        for flag in self.flags.iter().filter(visible).take(Self::MAX_TABLE_ROWS) {
            let order = (flag.moment.key(self.options.axis), flag.moment.line);
            let mut row = new_row();
            row[columns - 1] = words::happened(flag.kind.label(), flag.text);
            let place = rows.partition_point(|(other, _)| *other <= order);
            rows.insert(place, (order, row));
        }
        for (at, text) in self.forecast().iter().flat_map(forecast::moments) {
            let mut row = new_row();
            row[columns - 1] = text.into();
            let place = rows.partition_point(|(other, _)| other.0 <= at.0);
            rows.insert(place, ((at.0, u64::MAX), row));
        }
        let with_place = rows.into_iter().map(|((key, _), mut row)| {
            row[0] = self.place(key);
            row
        });
        with_place.collect()
    }

    /// The same where it is not known what the number is of.
    fn place_in_words(&self, key: u64) -> String {
        match self.options.axis {
            Axis::Time => self.place(key),
            Axis::Lines => words::line(key.saturating_add(1)),
        }
    }

    /// A place on the axis as text. People count lines from 1.
    fn place(&self, key: u64) -> String {
        match self.options.axis {
            Axis::Time => format::clock_offset(Millis(key), false),
            Axis::Lines => format::count(key.saturating_add(1)),
        }
    }
}

/// One value, or the lowest and the highest of a span.
fn cell(trace: &Trace<'_>, (lowest, highest): (Amount, Amount)) -> String {
    let text = |amount: Amount| match trace.metric.figure().unit() {
        Unit::Percent => format::percent(amount.at_least()),
        _ if amount.is_truncated() => format::amount(amount),
        _ => format::count(amount.at_least()),
    };
    match lowest.at_least() == highest.at_least() {
        true => text(lowest),
        false => words::range(&text(lowest), &text(highest)),
    }
}

/// Where things stand for one surface.
struct Frame {
    left: f64,
    right: f64,
    /// From there to the edge of the surface.
    right_margin: f64,
    bottom: f64,
    /// Above the panels, for the marks of events.
    lane: Rect,
    bytes: Option<Rect>,
    share: Option<Rect>,
    has_end_labels: bool,
    x: LinearScale,
    /// Width of a device pixel's column in units of the axis.
    column_width: u64,
    clusters: Vec<flags::Cluster>,
}

impl Frame {
    const LEFT_PX: f64 = 58.0;
    const RIGHT_PX: f64 = 12.0;
    const END_LABELS_PX: f64 = 122.0;
    /// Below this width in CSS pixels there is no room for labels at the ends of lines.
    const NO_END_LABELS_BELOW_PX: f64 = 600.0;
    const LANE_PX: f64 = 20.0;
    const AXIS_PX: f64 = 22.0;
    const PANEL_GAP_PX: f64 = 14.0;
    /// The same where the lower panel's name stands in it.
    const NAMED_PANEL_GAP_PX: f64 = 22.0;
    /// Room inside the panels, so that the first and last point are whole.
    const INSET_PX: f64 = 5.0;

    fn new(chart: &TimelineChart<'_>, surface: &Surface) -> Self {
        let has_end_labels = surface.width_px >= Self::NO_END_LABELS_BELOW_PX && !chart.bytes.is_empty();
        let right_margin = if has_end_labels { Self::END_LABELS_PX } else { Self::RIGHT_PX };
        let left = Self::LEFT_PX;
        let right = (surface.width_px - right_margin).max(left + 10.0);
        let (top, bottom) = (Self::LANE_PX, (surface.height_px - Self::AXIS_PX).max(Self::LANE_PX + 10.0));
        let width = right - left;
        let (bytes, share) = match (chart.bytes.is_empty(), chart.share.is_some()) {
            (true, false) => (None, None),
            (true, true) => (None, Some(Rect::new(left, top, width, bottom - top))),
            (false, false) => (Some(Rect::new(left, top, width, bottom - top)), None),
            (false, true) => {
                let height = ((bottom - top) * 0.22).clamp(28.0, 72.0);
                let gap = if has_end_labels { Self::PANEL_GAP_PX } else { Self::NAMED_PANEL_GAP_PX };
                let upper = bottom - height - gap - top;
                let lower = Rect::new(left, bottom - height, width, height);
                (Some(Rect::new(left, top, width, upper)), Some(lower))
            }
        };
        let (first, last) = (chart.view.0 as f64, chart.view.1 as f64);
        let x = LinearScale::new((first, last), (left + Self::INSET_PX, right - Self::INSET_PX));
        let columns = ((x.pixels().1 - x.pixels().0) * surface.density()).max(1.0) as u64;
        let column_width = decimate::column_width(chart.view.1 - chart.view.0, columns);
        let clusters = flags::clusters(&chart.flags, chart.options.axis, chart.view, &x);
        let lane = Rect::new(left, 0.0, width, Self::LANE_PX);
        Frame {
            left,
            right,
            right_margin,
            bottom,
            lane,
            bytes,
            share,
            has_end_labels,
            x,
            column_width,
            clusters,
        }
    }
}

/// What of a trace is drawn, chosen by [`decimate`] and cut where lines end.
struct VisibleLine<'c, 'a> {
    trace: &'c Trace<'a>,
    /// Each unbroken part.
    parts: Vec<Part>,
    /// Truncated values and marks that only fall have steps; between the others one may draw a straight line.
    has_steps: bool,
    /// Number of points in the view, before any were left out.
    points: usize,
    /// The last point that a part has.
    last: Option<usize>,
}

/// A line without a break.
enum Part {
    /// Indices into the series.
    Points(Vec<usize>),
    /// More points than there is room for.
    Columns(Vec<Extent>),
}

impl<'c, 'a> VisibleLine<'c, 'a> {
    /// More points for each CSS pixel are no line any more, but an area.
    const MOST_POINTS_PER_PX: f64 = 2.0;

    fn new(trace: &'c Trace<'a>, chart: &TimelineChart<'_>, frame: &Frame) -> Self {
        let (first, last) = chart.view;
        let visible = decimate::visible(trace, first, last, frame.column_width);
        let mut line = VisibleLine {
            trace,
            parts: Vec::new(),
            has_steps: false,
            points: 0,
            last: visible.clone().last(),
        };
        let mut start = visible.start;
        let first_line = visible.clone().next().map_or(0, |index| trace.line(index));
        let next_break = chart.breaks.partition_point(|&line| line <= first_line);
        for &before in &chart.breaks[next_break..] {
            let end = partition_point(start..visible.end, |index| trace.line(index) < before);
            line.add_part(start..end, frame);
            start = end;
            if start >= visible.end {
                break;
            }
        }
        line.add_part(start..visible.end, frame);
        line.has_steps |= trace.metric.figure() == Figure::LowWaterMark;
        line.points = trace.within(chart.view).len();
        line
    }

    fn add_part(&mut self, indices: Range<usize>, frame: &Frame) {
        let (Some(first), Some(last)) = (indices.clone().next(), indices.clone().last()) else { return };
        let x =
            |index: usize| frame.x.to_pixel(self.trace.key(index) as f64).max(frame.left).min(frame.right);
        let width_px = (x(last) - x(first)).max(1.0);
        if indices.len() as f64 > Self::MOST_POINTS_PER_PX * width_px {
            self.has_steps |=
                self.trace.amount(first).is_truncated() || self.trace.amount(last).is_truncated();
            self.parts.push(Part::Columns(self.trace.track().columns(indices, frame.column_width)));
        } else {
            let kept = decimate::decimate(self.trace, indices, frame.column_width);
            self.has_steps |= kept.iter().any(|&index| self.trace.amount(index).is_truncated());
            self.parts.push(Part::Points(kept));
        }
    }

    /// The highest value.
    fn top(&self) -> u64 {
        let top = |part: &Part| match part {
            Part::Points(indices) => indices.iter().map(|&index| self.trace.value(index)).max(),
            Part::Columns(extents) => extents.iter().map(|extent| extent.highest).max(),
        };
        self.parts.iter().filter_map(top).max().unwrap_or(0)
    }

    /// One part as a path of (key, value), cut off at the edges of the view.
    fn path(&self, part: &[usize], (first, last): (u64, u64)) -> Vec<(f64, f64)> {
        let mut path: Vec<(f64, f64)> = Vec::with_capacity(part.len() * 2);
        for &index in part {
            let (key, value) = (self.trace.key(index) as f64, self.trace.value(index) as f64);
            if self.has_steps
                && let Some(&(_, before)) = path.last()
                && before != value
            {
                path.push((key, before));
            }
            path.push((key, value));
        }
        clip(&path, first as f64, last as f64)
    }
}

/// What of a path lies between two keys; it ends on them where it goes on beyond.
fn clip(path: &[(f64, f64)], first: f64, last: f64) -> Vec<(f64, f64)> {
    let mut clipped = Vec::with_capacity(path.len());
    for (index, &point) in path.iter().enumerate() {
        if let Some(&before) = index.checked_sub(1).and_then(|before| path.get(before)) {
            let at = |key: f64| {
                let part = (key - before.0) / (point.0 - before.0);
                (key, before.1 + (point.1 - before.1) * part)
            };
            for edge in [first, last] {
                if before.0 < edge && edge < point.0 {
                    clipped.push(at(edge));
                }
            }
        }
        if (first..=last).contains(&point.0) {
            clipped.push(point);
        }
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_the_edges_of_the_view() {
        let path = [(0.0, 0.0), (10.0, 10.0), (20.0, 0.0)];
        assert_eq!(clip(&path, 5.0, 12.0), [(5.0, 5.0), (10.0, 10.0), (12.0, 8.0)]);
        assert_eq!(clip(&path, 12.0, 14.0), [(12.0, 8.0), (14.0, 6.0)]);
        assert!(clip(&path, 21.0, 30.0).is_empty());
        assert_eq!(clip(&path, 0.0, 20.0), path);
    }
}
