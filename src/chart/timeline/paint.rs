//! How a timeline looks.

use plotters::backend::DrawingBackend;

use super::flags::{Cluster, MARK_PX};
use super::{Axis, Frame, Part, TimelineChart, VisibleLine, forecast, sides, steps};
use crate::chart::pen::{Column, HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, ring, text_width_px};
use crate::chart::scale::{self, LinearScale};
use crate::chart::{MarkShape, PaintResult, Rect, Rgb, Swatch};
use crate::format;
use crate::heap::Millis;
use crate::heap::order;
use crate::recording::decimate::{Extent, Samples};
use crate::words::chart::timeline as words;

/// Height of a report's mark on the time axis, in CSS pixels.
pub(super) const REPORT_MARK_PX: f64 = 6.0;
/// Points further apart than this on average, in CSS pixels, are each marked.
const DOT_SPACING_PX: f64 = 14.0;
const DASH_PX: f64 = 4.0;
const DOT_RADIUS_PX: f64 = 2.5;
/// A point without a line must be seen on its own.
const LONE_DOT_RADIUS_PX: f64 = 4.0;

/// A line that goes up and down in every column has no dashes: nobody could tell them, and each is drawn for itself.
const LONGEST_DASHED_PX: f64 = 8_000.0;

fn length_px(path: &[(f64, f64)]) -> f64 {
    path.windows(2).map(|ends| (ends[1].0 - ends[0].0).abs() + (ends[1].1 - ends[0].1).abs()).sum()
}

pub(super) fn paint<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    time_axis(chart, frame, pen)?;
    if let Some(panel) = frame.bytes {
        let lines = chart.bytes.iter().map(|trace| VisibleLine::new(trace, chart, frame));
        let lines: Vec<VisibleLine<'_, '_>> = lines.collect();
        let top = lines.iter().map(VisibleLine::top).max().unwrap_or(0);
        // A line along the upper edge would look cut off.
        let top = top.saturating_add(top / 40);
        let ticks = scale::byte_ticks(top, (panel.height / 36.0) as u64);
        let labels = ticks.values.iter().map(|&value| (value, format::byte_tick(value, ticks.top())));
        let scale = value_axis(panel, labels.collect(), pen)?;
        event_lines(frame, pen)?;
        forecast::band(chart, frame, &scale, pen)?;
        // Where lines meet, the thinner ones lie on top: each can be told.
        for line in &lines {
            draw_line(line, chart, frame, &scale, pen)?;
        }
        if frame.has_end_labels {
            end_labels(&lines, panel, &scale, pen)?;
        }
        if let Some(free) = lines.first() {
            steps::mark(free, chart, frame, &scale, pen)?;
        }
        cursor_dots(chart, &lines, frame, &scale, pen)?;
    } else {
        event_lines(frame, pen)?;
    }
    if let (Some(panel), Some(trace)) = (frame.share, &chart.share) {
        let ticks = scale::percent_ticks((panel.height / 26.0) as u64);
        let labels = ticks.values.iter().map(|&value| (value, format::percent(value)));
        let scale = value_axis(panel, labels.collect(), pen)?;
        let lines = [VisibleLine::new(trace, chart, frame)];
        draw_line(&lines[0], chart, frame, &scale, pen)?;
        cursor_dots(chart, &lines, frame, &scale, pen)?;
        share_label(&lines[0], panel, frame, pen)?;
    }
    marks(chart, frame, pen)?;
    report_marks(chart, frame, pen)?;
    sides::paint(chart, frame, pen)?;
    band(chart, frame, pen)?;
    cursor(chart, frame, pen)
}

/// The stretch that is being chosen.
fn band<DB: DrawingBackend>(chart: &TimelineChart<'_>, frame: &Frame, pen: &Pen<'_, DB>) -> PaintResult<DB> {
    let Some((one, two)) = chart.options.band else { return Ok(()) };
    let x = |key: f64| frame.x.to_pixel(key).max(frame.left).min(frame.right);
    let (left, right) = (x(one).min(x(two)), x(one).max(x(two)));
    let (top, colour) = (frame.lane.bottom(), pen.palette().text);
    pen.fill_thinly(Rect::new(left, top, right - left, frame.bottom - top), colour, 0.1)?;
    for edge in [left, right] {
        pen.upright(edge, top, frame.bottom, 1.0, colour)?;
    }
    Ok(())
}

fn time_axis<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let (palette, (first, last)) = (pen.palette(), chart.view);
    let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Center, VPos::Top);
    let width = frame.right - frame.left;
    let labels: Vec<(f64, String)> = match chart.options.axis {
        Axis::Time => {
            let ticks = scale::time_ticks(Millis(first), Millis(last), (width / 84.0) as u64);
            let label = |&at: &u64| {
                let text = format::time_tick(Millis(at), Millis(ticks.step), Millis(ticks.top()));
                (frame.x.to_pixel(at as f64), text)
            };
            ticks.values.iter().map(label).collect()
        }
        Axis::Lines => {
            // People count lines from 1, and like round numbers.
            let ticks =
                scale::count_ticks(first.saturating_add(1), last.saturating_add(1), (width / 96.0) as u64);
            let label = |&line: &u64| (frame.x.to_pixel(line as f64 - 1.0), words::line(line));
            ticks.values.iter().map(label).collect()
        }
    };
    for (x, text) in labels {
        for panel in frame.bytes.iter().chain(&frame.share) {
            pen.upright(x, panel.y, panel.bottom(), pen.hairline_px(), palette.grid)?;
        }
        pen.upright(x, frame.bottom, frame.bottom + 4.0, pen.hairline_px(), palette.axis)?;
        pen.text(&text, (x, frame.bottom + 7.0), look)?;
    }
    Ok(())
}

/// Grid, zero line and labels of a panel whose values go from the first tick to the last.
fn value_axis<DB: DrawingBackend>(
    panel: Rect,
    labels: Vec<(u64, String)>,
    pen: &Pen<'_, DB>,
) -> Result<LinearScale, super::super::PaintError<DB>> {
    let palette = pen.palette();
    let top = labels.last().map_or(1, |(value, _)| *value) as f64;
    let scale = LinearScale::new((0.0, top), (panel.bottom(), panel.y));
    let look = TextLook::new(SMALL_TEXT_PX, palette.muted, HPos::Right, VPos::Center);
    for (value, text) in labels {
        let y = scale.to_pixel(value as f64);
        if value > 0 {
            pen.level(panel.x, panel.right(), y, pen.hairline_px(), palette.grid)?;
        }
        pen.text(&text, (panel.x - 8.0, y), look)?;
    }
    pen.level(panel.x, panel.right(), panel.bottom(), pen.hairline_px(), palette.axis)?;
    Ok(scale)
}

fn draw_line<DB: DrawingBackend>(
    line: &VisibleLine<'_, '_>,
    chart: &TimelineChart<'_>,
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let colour = colour_of(line, pen);
    let to_pixels = |path: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        path.into_iter().map(|(key, value)| (frame.x.to_pixel(key), scale.to_pixel(value))).collect()
    };
    let has_dots = line.points as f64 * DOT_SPACING_PX <= frame.right - frame.left;
    for part in &line.parts {
        let part = match part {
            Part::Points(part) => part,
            Part::Columns(extents) => {
                draw_columns(extents, line, frame, scale, pen)?;
                continue;
            }
        };
        let path = to_pixels(line.path(part, chart.view));
        match line.trace.swatch() {
            Swatch::LineOverArea => {
                if let (Some(first), Some(last)) = (path.first(), path.last()) {
                    let floor = scale.to_pixel(0.0);
                    let mut area = path.clone();
                    area.extend([(last.0, floor), (first.0, floor)]);
                    pen.polygon(&area, colour, 0.1)?;
                }
                pen.path(&path, 2.0, colour)?;
            }
            Swatch::Dashes if length_px(&path) <= LONGEST_DASHED_PX => {
                pen.dashed_path(&path, DASH_PX, 1.5, colour)?
            }
            _ => pen.path(&path, 1.5, colour)?,
        }
        if has_dots || part.len() == 1 {
            let inside = |key: u64| (chart.view.0..=chart.view.1).contains(&key);
            for &index in part.iter().filter(|&&index| inside(line.trace.key(index))) {
                let (key, value) = (line.trace.key(index) as f64, line.trace.value(index) as f64);
                let radius = if part.len() == 1 { LONE_DOT_RADIUS_PX } else { DOT_RADIUS_PX };
                pen.disc(frame.x.to_pixel(key), scale.to_pixel(value), radius, colour)?;
            }
        }
    }
    Ok(())
}

/// A line of more points than there is room for: for each column of pixels what it covers there. A path through all of
/// them looks the same, and takes a canvas ten times as long.
fn draw_columns<DB: DrawingBackend>(
    extents: &[Extent],
    line: &VisibleLine<'_, '_>,
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let (swatch, colour) = (line.trace.swatch(), colour_of(line, pen));
    let columns = pixel_columns(extents, line.has_steps, frame, scale, pen);
    if swatch == Swatch::LineOverArea {
        let floor = scale.to_pixel(0.0);
        let below = columns.iter().map(|column| Column { top: column.bottom, bottom: floor, ..*column });
        pen.columns(below, 0.0, colour, 0.1)?;
    }
    let dash = (DASH_PX / pen.hairline_px()).max(1.0) as i32;
    let is_drawn = |column: &Column| swatch != Swatch::Dashes || column.left / dash % 2 == 0;
    let thickness_px = if swatch == Swatch::LineOverArea { 2.0 } else { 1.5 };
    pen.columns(columns.iter().copied().filter(is_drawn), thickness_px, colour, 1.0)
}

/// What a line covers of each column of pixels.
fn pixel_columns<DB: DrawingBackend>(
    extents: &[Extent],
    has_steps: bool,
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> Vec<Column> {
    let device = |key: u64| pen.device_x(frame.x.to_pixel(key as f64));
    let ((first_key, last_key), (first_px, last_px)) = (frame.x.values(), frame.x.pixels());
    let (leftmost, rightmost) = (pen.device_x(first_px), pen.device_x(last_px));
    let mut columns: Vec<Column> = Vec::with_capacity(extents.len());
    // Where the line ended in the column before, and the first pixel behind that.
    let mut before: Option<(i32, f64)> = None;
    for extent in extents {
        let start = extent.column.saturating_mul(frame.column_width);
        let end = start.saturating_add(frame.column_width);
        let (mut left, mut right) = (device(start), device(end));
        if end as f64 > first_key && start as f64 <= last_key {
            // What is cut off by the edge of the view still has a pixel in it.
            left = left.max(leftmost).min(rightmost);
        }
        right = right.max(left + 1);
        let first = scale.to_pixel(extent.first as f64);
        let (mut top, mut bottom) =
            (scale.to_pixel(extent.highest as f64), scale.to_pixel(extent.lowest as f64));
        if let Some((end, y)) = before {
            // Where nothing came for a while the line goes on.
            let slope = if has_steps { 0.0 } else { (first - y) / f64::from((left - end).max(1)) };
            let at = |x: i32| y + f64::from(x - end) * slope;
            for x in end.max(leftmost)..left.min(rightmost + 1) {
                columns.push(Column { left: x, top: at(x).min(at(x + 1)), bottom: at(x).max(at(x + 1)) });
            }
            // From where it was.
            let y = at(left.max(end));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        for x in left.max(leftmost)..right.min(rightmost + 1) {
            match columns.last_mut() {
                // Each pixel once: a see-through one would be darker there.
                Some(last) if last.left >= x => {
                    (last.top, last.bottom) = (last.top.min(top), last.bottom.max(bottom));
                }
                _ => columns.push(Column { left: x, top, bottom }),
            }
        }
        before = Some((right, scale.to_pixel(extent.last as f64)));
    }
    columns
}

/// Name and last value at the right end of each line, moved apart where they would overlap.
fn end_labels<DB: DrawingBackend>(
    lines: &[VisibleLine<'_, '_>],
    panel: Rect,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    const LINE_HEIGHT_PX: f64 = 15.0;
    let mut labels: Vec<(f64, &VisibleLine<'_, '_>, usize)> = lines
        .iter()
        .filter_map(|line| line.last.map(|index| (line, index)))
        .map(|(line, index)| (scale.to_pixel(line.trace.value(index) as f64), line, index))
        .collect();
    order::sort_by_key(&mut labels, |label| order::float_key(label.0));
    let mut least = panel.y + LINE_HEIGHT_PX / 2.0;
    for (y, _, _) in &mut labels {
        *y = y.max(least);
        least = *y + LINE_HEIGHT_PX;
    }
    let mut most = panel.bottom() - LINE_HEIGHT_PX / 2.0 + 3.0;
    for (y, _, _) in labels.iter_mut().rev() {
        *y = y.min(most);
        most = *y - LINE_HEIGHT_PX;
    }
    for (y, line, index) in labels {
        let (x, colour) = (panel.right() + 6.0, colour_of(line, pen));
        match line.trace.swatch() {
            Swatch::Dashes => pen.dashed_path(&[(x, y), (x + 10.0, y)], 3.5, 1.5, colour)?,
            Swatch::LineOverArea => pen.path(&[(x, y), (x + 10.0, y)], 2.0, colour)?,
            _ => pen.path(&[(x, y), (x + 10.0, y)], 1.5, colour)?,
        }
        let text = format!("{} {}", line.trace.short_label(), format::amount(line.trace.amount(index)));
        let look = TextLook::new(SMALL_TEXT_PX, pen.palette().text, HPos::Left, VPos::Center);
        pen.text(&text, (x + 15.0, y), look)?;
    }
    Ok(())
}

/// Name of the lower panel, at its right where there is room, else inside.
fn share_label<DB: DrawingBackend>(
    line: &VisibleLine<'_, '_>,
    panel: Rect,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let label = line.trace.metric.figure().label();
    let Some(last) = line.last else { return Ok(()) };
    let value = format::percent(line.trace.value(last));
    if frame.has_end_labels {
        let look = TextLook::new(SMALL_TEXT_PX, pen.palette().text, HPos::Left, VPos::Center);
        let (x, y) = (panel.right() + 6.0, panel.y + panel.height / 2.0);
        // "Fragmentation (time stamp)" has two lines.
        let (name, addition) = label.split_once('(').unwrap_or((label, ""));
        let text = format!("{} {value}", name.trim_end());
        if addition.is_empty() {
            return pen.text(&text, (x, y), look);
        }
        pen.text(&text, (x, y - 7.0), look)?;
        let look = TextLook::new(SMALL_TEXT_PX, pen.palette().muted, HPos::Left, VPos::Center);
        return pen.text(&format!("({addition}"), (x, y + 7.0), look);
    }
    let look = TextLook::new(SMALL_TEXT_PX, pen.palette().muted, HPos::Left, VPos::Bottom);
    pen.text(label, (panel.x, panel.y - 1.0), look)
}

/// Upright lines through the panels where something happened.
fn event_lines<DB: DrawingBackend>(frame: &Frame, pen: &Pen<'_, DB>) -> PaintResult<DB> {
    /// More are a pattern, not lines: forty dashes for each would take longer than the rest of the picture.
    const MOST_DASHED: usize = 24;
    for cluster in &frame.clusters {
        let colour = colour_of_mark(cluster, pen).over(pen.palette().background, 0.7);
        for panel in frame.bytes.iter().chain(&frame.share) {
            if frame.clusters.len() <= MOST_DASHED {
                pen.upright_dashes(cluster.x, panel.y, panel.bottom(), colour)?;
            } else {
                let faint = colour.over(pen.palette().background, 0.5);
                pen.upright(cluster.x, panel.y, panel.bottom(), pen.hairline_px(), faint)?;
            }
        }
    }
    Ok(())
}

/// The marks in the lane above the panels, each with its name at its right, or else at its left, where there
/// is room.
fn marks<DB: DrawingBackend>(chart: &TimelineChart<'_>, frame: &Frame, pen: &Pen<'_, DB>) -> PaintResult<DB> {
    const SPACE_PX: f64 = MARK_PX / 2.0 + 4.0;
    let middle = frame.lane.y + frame.lane.height / 2.0;
    let last_mark = frame.clusters.last().map_or(frame.left, |cluster| cluster.x + SPACE_PX);
    let room_end = forecast::mark(chart, frame, last_mark, pen)?;
    // Up to here the lane is taken.
    let mut taken = 0.0_f64;
    for (index, cluster) in frame.clusters.iter().enumerate() {
        mark(cluster.kind.shape(), (cluster.x, middle), colour_of_mark(cluster, pen), pen)?;
        let next = frame.clusters.get(index + 1);
        let end = next.map_or(frame.right + Frame::RIGHT_PX, |next| next.x - SPACE_PX).min(room_end);
        let (left, right, taken_before) = (cluster.x - SPACE_PX, cluster.x + SPACE_PX, taken);
        let place = |text: String| {
            let width = text_width_px(&text, SMALL_TEXT_PX);
            match () {
                _ if right + width <= end => Some((text, right, HPos::Left, right + width)),
                _ if left - width >= taken_before => Some((text, left, HPos::Right, right)),
                _ => None,
            }
        };
        taken = right;
        if let Some((text, x, across, until)) = cluster.labels(&chart.flags).into_iter().find_map(place) {
            let look = TextLook::new(SMALL_TEXT_PX, pen.palette().text, across, VPos::Center);
            pen.text(&text, (x, middle), look)?;
            taken = until + 6.0;
        }
    }
    Ok(())
}

fn mark<DB: DrawingBackend>(
    shape: MarkShape,
    (x, y): (f64, f64),
    colour: Rgb,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let half = MARK_PX / 2.0;
    match shape {
        MarkShape::Pennant => {
            pen.upright(x, y - half, y + half + 5.0, 1.5, colour)?;
            pen.polygon(&[(x, y - half), (x + half + 2.0, y - 1.0), (x, y + half - 2.0)], colour, 1.0)
        }
        MarkShape::Diamond => {
            pen.polygon(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], colour, 1.0)
        }
        MarkShape::Cross => {
            let reach = half - 1.0;
            pen.path(&[(x - reach, y - reach), (x + reach, y + reach)], 2.0, colour)?;
            pen.path(&[(x - reach, y + reach), (x + reach, y - reach)], 2.0, colour)
        }
        MarkShape::Square => {
            pen.fill(Rect::new(x - half + 1.0, y - half + 1.0, MARK_PX - 2.0, MARK_PX - 2.0), colour)
        }
        MarkShape::Ring => {
            let mut corners = ring(x, y, half - 1.0);
            corners.extend(corners.first().copied());
            pen.path(&corners, 1.5, colour)
        }
        MarkShape::Gap => {
            pen.fill(Rect::new(x - 3.5, y - half, 2.0, MARK_PX), colour)?;
            pen.fill(Rect::new(x + 1.5, y - half, 2.0, MARK_PX), colour)
        }
        MarkShape::Dash => pen.fill(Rect::new(x - half, y - 1.0, MARK_PX, 3.0), colour),
        MarkShape::Wedge => {
            let reach = half - 0.5;
            pen.polygon(&[(x - reach, y - reach), (x + reach, y - reach), (x, y + reach)], colour, 1.0)
        }
        MarkShape::Frame => {
            let reach = half - 1.5;
            let (left, right, top, bottom) = (x - reach, x + reach, y - reach, y + reach);
            pen.path(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], 1.5, colour)
        }
        MarkShape::Triangle => pen.polygon(
            &[
                (x, y),
                (x + REPORT_MARK_PX * 0.7, y + REPORT_MARK_PX),
                (x - REPORT_MARK_PX * 0.7, y + REPORT_MARK_PX),
            ],
            colour,
            1.0,
        ),
    }
}

/// Small triangles that stand on the time axis.
fn report_marks<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let mut last = f64::NEG_INFINITY;
    for (_, key) in chart.visible_reports() {
        let x = frame.x.to_pixel(key as f64);
        // One pixel apart they look like one.
        if x - last >= 1.0 {
            mark(MarkShape::Triangle, (x, frame.bottom - REPORT_MARK_PX), pen.palette().muted, pen)?;
            last = x;
        }
    }
    Ok(())
}

fn cursor_dots<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    lines: &[VisibleLine<'_, '_>],
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let Some(cursor) = chart.options.cursor else { return Ok(()) };
    let (axis, (first, last)) = (chart.options.axis, chart.view);
    // The most important one on top.
    for line in lines.iter().rev() {
        let Some(point) = line.trace.nearest(cursor.key(axis)) else { continue };
        let key = super::Moment { at: point.at, line: point.line }.key(axis);
        if (first..=last).contains(&key) {
            let (x, y) = (frame.x.to_pixel(key as f64), scale.to_pixel(point.amount.at_least() as f64));
            pen.disc(x, y, DOT_RADIUS_PX + 2.5, pen.palette().background)?;
            pen.disc(x, y, DOT_RADIUS_PX + 1.5, colour_of(line, pen))?;
        }
    }
    Ok(())
}

/// The one cursor: a line through everything, and its place on the axis.
fn cursor<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let Some(cursor) = chart.options.cursor else { return Ok(()) };
    let key = cursor.key(chart.options.axis);
    if !(chart.view.0..=chart.view.1).contains(&key) {
        return Ok(());
    }
    let (palette, x) = (pen.palette(), frame.x.to_pixel(key as f64));
    pen.upright(x, frame.lane.bottom() - 4.0, frame.bottom + 4.0, 1.0, palette.text)?;
    let text = match chart.options.axis {
        Axis::Time => format::clock_offset(cursor.at, chart.view.1 - chart.view.0 < 10_000),
        Axis::Lines => words::line(cursor.line.saturating_add(1)),
    };
    let width = text_width_px(&text, SMALL_TEXT_PX) + 10.0;
    // Not `clamp`, for its weight: see `format::decimal`.
    let left = x.max(frame.left).min(frame.right) - width / 2.0;
    let label = Rect::new(left, frame.bottom + 4.0, width, SMALL_TEXT_PX + 6.0);
    pen.fill(label, palette.text)?;
    let look = TextLook::new(SMALL_TEXT_PX, palette.background, HPos::Center, VPos::Center);
    pen.text(&text, (left + width / 2.0, label.y + label.height / 2.0), look.bold())
}

fn colour_of<DB: DrawingBackend>(line: &VisibleLine<'_, '_>, pen: &Pen<'_, DB>) -> Rgb {
    token(line.trace.token(), pen)
}

fn colour_of_mark<DB: DrawingBackend>(cluster: &Cluster, pen: &Pen<'_, DB>) -> Rgb {
    token(cluster.kind.token(), pen)
}

fn token<DB: DrawingBackend>(name: &str, pen: &Pen<'_, DB>) -> Rgb {
    let palette = pen.palette();
    let known = palette.tokens().into_iter().find(|(token, _)| *token == name);
    known.map_or(palette.text, |(_, colour)| colour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Content, Options, Surface, Svg, Theme};
    use crate::heap::{Amount, Figure, Figures};
    use crate::recording::Timeline;
    use plotters::drawing::IntoDrawingArea;
    use proptest::prelude::*;

    proptest! {
        /// Beside the slow way: each piece of line from point to point, and each pixel that it crosses.
        #[test]
        fn a_line_of_many_points_misses_none_and_has_no_holes(
            // Bursts, and now and then a long pause.
            points in prop::collection::vec((0_u64..4, 0_u64..40, 0_u64..50_000), 800..1_500),
            pause in 0_u64..900,
            density in prop::sample::select(vec![1.0, 1.5, 2.0]),
            cut in 0_u64..4,
        ) {
            let mut at = 0;
            let points: Vec<(u64, u64)> = points.into_iter().map(|(step, chance, value)| {
                at += if chance == 0 { pause } else { step / 2 };
                (at, value)
            }).collect();
            let moments = points.iter().map(|&(at, value)| {
                let mut figures = Figures::default();
                figures.set(Figure::Free, Amount::exact(value));
                (Millis(at), at, figures)
            });
            let timeline = Timeline::from_moments(moments);
            let content = Content { timeline: &timeline, events: &[], reports: &[], marks: &[] };
            let view = super::super::View::Time(Millis(at * cut / 16), Millis(at - at * cut / 24));
            let chart = TimelineChart::new(content, Options { view, ..Options::default() });
            let surface = Surface::new(200.0, 100.0, density, Theme::Light);
            let frame = Frame::new(&chart, &surface);
            let mut text = String::new();
            let root = Svg::new(&mut text, &surface).into_drawing_area();
            let line = VisibleLine::new(&chart.bytes[0], &chart, &frame);
            let [Part::Columns(extents)] = &line.parts[..] else { return Err(TestCaseError::reject("few")) };
            let scale = LinearScale::new((0.0, 50_000.0), (80.0, 20.0));
            let columns = pixel_columns(extents, false, &frame, &scale, &Pen::new(&root, &surface));

            let place = |&(at, value): &(u64, u64)| (frame.x.to_pixel(at as f64) * density, scale.to_pixel(value as f64));
            let (first, last) = (columns[0].left, columns[columns.len() - 1].left);
            let lefts: Vec<i32> = columns.iter().map(|column| column.left).collect();
            prop_assert_eq!(lefts, (first..=last).collect::<Vec<i32>>(), "a hole, or a pixel twice");
            for ends in columns.windows(2) {
                let touch = ends[0].top <= ends[1].bottom + 1e-6 && ends[1].top <= ends[0].bottom + 1e-6;
                prop_assert!(touch, "{ends:?}");
            }
            // Each point is covered, by its pixel or the one beside it.
            let (shown_first, shown_last) = chart.view;
            for point in points.iter().filter(|point| (shown_first..=shown_last).contains(&point.0)) {
                let (x, y) = place(point);
                let is_covered = columns.iter().any(|column| {
                    f64::from(column.left - 1) <= x && x <= f64::from(column.left + 2)
                        && column.top <= y + 1e-6 && y <= column.bottom + 1e-6
                });
                prop_assert!(is_covered, "{point:?} at {x} {y}");
            }
            // Nothing is covered that the line does not come near.
            for column in &columns {
                let (left, right) = (f64::from(column.left) - 2.0, f64::from(column.left) + 3.0);
                let mut near = (f64::INFINITY, f64::NEG_INFINITY);
                for ends in points.windows(2) {
                    let ((x1, y1), (x2, y2)) = (place(&ends[0]), place(&ends[1]));
                    if x2 < left || x1 > right {
                        continue;
                    }
                    let y = |x: f64| if x2 > x1 { y1 + (y2 - y1) * ((x - x1) / (x2 - x1)).clamp(0.0, 1.0) } else { y1 };
                    for y in [y(x1.max(left)), y(x2.min(right)), if x2 <= right { y2 } else { y(right) }] {
                        near = (near.0.min(y), near.1.max(y));
                    }
                }
                prop_assert!(near.0 <= column.top + 1e-6 && column.bottom <= near.1 + 1e-6, "{column:?} {near:?}");
            }
        }
    }
}
