//! What is thought to come: a hatched band from what is free now down to nothing, between the soonest and the latest end,
//! with the likeliest line in its middle.
//!
//! Above it, among the marks of what happened, stands when nothing is left: at a hollow diamond, which is the mark of what
//! then happens, or at the edge with an arrow, where that lies beyond. It refuses to ask why: the forecast is given.

use plotters::backend::DrawingBackend;

use super::flags::MARK_PX;
use super::{Frame, TimelineChart};
use crate::chart::pen::{HPos, Pen, SMALL_TEXT_PX, TextLook, VPos, hatch_shape, text_width_px};
use crate::chart::scale::LinearScale;
use crate::chart::{LegendItem, PaintResult, Rect, Swatch};
use crate::heap::{Forecast, Millis};
use crate::words::chart::timeline as words;

const DASH_PX: f64 = 6.0;
const HATCH_STEP_PX: f64 = 9.0;
/// Height of the bar on the zero line, from the soonest end to the latest.
const RANGE_PX: f64 = 3.0;

/// The band and its middle line. To be drawn before the lines of what was measured.
pub(super) fn band<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    scale: &LinearScale,
    pen: &Pen<'_, DB>,
) -> PaintResult<DB> {
    let Some(forecast) = visible(chart) else { return Ok(()) };
    let palette = pen.palette();
    let shape = shape(&forecast, chart.view);
    let pixels = |corners: &[(f64, f64)]| -> Vec<(f64, f64)> {
        corners.iter().map(|&(at, bytes)| (frame.x.to_pixel(at), scale.to_pixel(bytes))).collect()
    };
    let corners = pixels(&shape.band);
    pen.polygon(&corners, palette.free, 0.12)?;
    pen.path(&hatch_shape(&corners, HATCH_STEP_PX), 1.0, palette.free.over(palette.background, 0.4))?;
    pen.dashed_path(&pixels(&shape.likely), DASH_PX, 1.5, palette.free)?;
    let end = |at: Millis| frame.x.to_pixel(at.0.min(chart.view.1).max(chart.view.0) as f64);
    let (soonest, latest) = (end(forecast.soonest), end(forecast.latest.unwrap_or(Millis(u64::MAX))));
    let range = Rect::new(soonest, scale.to_pixel(0.0) - RANGE_PX, latest - soonest, RANGE_PX);
    pen.fill(range, palette.alarm)
}

/// When nothing is left, in the lane of the marks; gives where it begins, in CSS pixels, for who has to leave it room.
/// `taken` is up to where the lane has marks.
pub(super) fn mark<DB: DrawingBackend>(
    chart: &TimelineChart<'_>,
    frame: &Frame,
    taken: f64,
    pen: &Pen<'_, DB>,
) -> Result<f64, crate::chart::PaintError<DB>> {
    let still_to_come = |forecast: &Forecast| forecast.likely.0 >= chart.view.0;
    let Some(forecast) = visible(chart).filter(still_to_come) else { return Ok(f64::INFINITY) };
    let palette = pen.palette();
    let (middle, half) = (frame.lane.y + frame.lane.height / 2.0, MARK_PX / 2.0);
    let is_in_sight = forecast.likely.0 <= chart.view.1;
    let x = if is_in_sight { frame.x.to_pixel(forecast.likely.0 as f64) } else { frame.right - half };
    if is_in_sight {
        if let Some(panel) = frame.bytes {
            pen.upright_dashes(x, panel.y, panel.bottom(), palette.alarm)?;
        }
        let diamond = [
            (x, middle - half),
            (x + half, middle),
            (x, middle + half),
            (x - half, middle),
            (x, middle - half),
        ];
        pen.path(&diamond, 1.5, palette.alarm)?;
    } else {
        let arrow = [(x - half, middle - half), (x + half, middle), (x - half, middle + half)];
        pen.polygon(&arrow, palette.alarm, 1.0)?;
    }
    let space = half + 4.0;
    let mut begin = x - space;
    for text in texts(&forecast) {
        let width = text_width_px(&text, SMALL_TEXT_PX);
        let (right, left) = (x + space, x - space - width);
        let (at, across) = match () {
            _ if is_in_sight && right + width <= frame.right + frame.right_margin => (right, HPos::Left),
            _ if left >= taken => (x - space, HPos::Right),
            _ => continue,
        };
        if matches!(across, HPos::Right) {
            begin = left;
        }
        let look = TextLook::new(SMALL_TEXT_PX, palette.alarm, across, VPos::Center);
        pen.text(&text, (at, middle), look.bold())?;
        break;
    }
    Ok(begin)
}

pub(super) fn legend_item(forecast: &Forecast) -> LegendItem {
    let after = |at: Millis| at - forecast.from;
    let value = words::empty_range(after(forecast.soonest), forecast.latest.map(after));
    LegendItem { label: words::FORECAST.into(), value, token: "--chart-free", swatch: Swatch::Hatched }
}

pub(super) fn sentence(forecast: &Forecast) -> String {
    let after = |at: Millis| at - forecast.from;
    words::forecast(forecast.from, forecast.left(), after(forecast.soonest), forecast.latest.map(after))
}

/// The ends, in order, and what each is.
pub(super) fn moments(forecast: &Forecast) -> impl Iterator<Item = (Millis, &'static str)> + use<> {
    let latest = forecast.latest.map(|latest| (latest, words::EMPTY_LATEST));
    [(forecast.soonest, words::EMPTY_SOONEST), (forecast.likely, words::EMPTY_LIKELY)]
        .into_iter()
        .chain(latest)
}

fn texts(forecast: &Forecast) -> [String; 3] {
    let after = |at: Millis| at - forecast.from;
    words::empty_in(forecast.left(), after(forecast.soonest), forecast.latest.map(after))
}

/// The forecast, where any of it is in the view.
fn visible(chart: &TimelineChart<'_>) -> Option<Forecast> {
    let is_visible = |forecast: &Forecast| {
        let end = forecast.latest.unwrap_or(Millis(u64::MAX));
        forecast.from.0 < chart.view.1 && end.0 > chart.view.0 && !chart.bytes.is_empty()
    };
    chart.forecast().filter(is_visible)
}

/// Lines of (moment, bytes), cut off at the edges of a view.
struct Shape {
    /// The corners of the band, the upper edge first.
    band: Vec<(f64, f64)>,
    likely: Vec<(f64, f64)>,
}

fn shape(forecast: &Forecast, (first, last): (u64, u64)) -> Shape {
    let begin = forecast.from.0.max(first);
    let line = |empty: Option<Millis>| -> Vec<(f64, f64)> {
        let end = empty.map_or(last, |empty| empty.0.min(last)).max(begin);
        [begin, end].map(|at| (at as f64, forecast.free_bytes_at(Millis(at), empty))).to_vec()
    };
    let (mut band, lower) = (line(forecast.latest), line(Some(forecast.soonest)));
    // From the soonest end on, the lower edge is the floor.
    band.extend(band.last().filter(|_| forecast.soonest.0 < last).map(|&(at, _)| (at, 0.0)));
    band.extend(lower.into_iter().rev());
    // Where the view begins later than the forecast, the edges do not meet: the polygon closes there by itself.
    band.dedup();
    Shape { band, likely: line(Some(forecast.likely)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORECAST: Forecast = Forecast {
        from: Millis(100),
        free_bytes: 1_000,
        soonest: Millis(200),
        likely: Millis(300),
        latest: Some(Millis(600)),
    };

    #[test]
    fn the_band_lies_between_the_soonest_and_the_latest_line() {
        let whole = shape(&FORECAST, (0, 1_000));
        assert_eq!(whole.band, [(100.0, 1_000.0), (600.0, 0.0), (200.0, 0.0), (100.0, 1_000.0)]);
        assert_eq!(whole.likely, [(100.0, 1_000.0), (300.0, 0.0)]);
    }

    #[test]
    fn it_is_cut_off_where_the_view_ends() {
        let begun = shape(&FORECAST, (150, 350));
        assert_eq!(begun.band, [(150.0, 900.0), (350.0, 500.0), (350.0, 0.0), (200.0, 0.0), (150.0, 500.0)]);
        let never = shape(&Forecast { latest: None, ..FORECAST }, (0, 250));
        let corners = [(100.0, 1_000.0), (250.0, 1_000.0), (250.0, 0.0), (200.0, 0.0), (100.0, 1_000.0)];
        assert_eq!(never.band, corners);
        assert_eq!(never.likely, [(100.0, 1_000.0), (250.0, 250.0)]);
    }
}
