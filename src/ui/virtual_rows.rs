//! Which rows of a long list are on screen: the arithmetic of a virtual list.
//!
//! All rows have the same height. Only those in sight, and some above and below, are in the document; they are
//! moved to where they belong. Browsers give up on elements higher than some 17 million pixels (Firefox), so
//! beyond [`MAX_HEIGHT_PX`] the scroll bar covers more rows per pixel than there are; a row stays as high as
//! it was.

/// The highest element that every browser draws.
pub const MAX_HEIGHT_PX: f64 = 8_000_000.0;

/// Rows above and below those in sight, so that scrolling shows no holes.
const OVERSCAN: u64 = 12;

/// The list's measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VirtualRows {
    /// Number of rows.
    pub count: u64,
    /// Height of one, in CSS pixels.
    pub row_px: f64,
    /// Height of the window through which they are seen.
    pub viewport_px: f64,
}

/// The rows that must be in the document, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The first of them.
    pub first: u64,
    /// The one behind the last.
    pub end: u64,
    /// Where the first of them stands, in pixels from the top of the scrolled element.
    pub top_px: f64,
}

impl VirtualRows {
    /// The height of the scrolled element.
    pub fn height_px(&self) -> f64 {
        self.full_px().min(MAX_HEIGHT_PX)
    }

    /// The furthest that can be scrolled.
    pub fn max_scroll_px(&self) -> f64 {
        (self.height_px() - self.viewport_px).max(0.0)
    }

    /// The rows to show when scrolled to here.
    pub fn window(&self, scroll_px: f64) -> Window {
        // Not `clamp`, for its weight: see `format::decimal`.
        let scroll_px = scroll_px.max(0.0).min(self.max_scroll_px());
        // Distance of the window's upper edge from the first row, in rows.
        let rows_above = self.rows_above(scroll_px);
        let in_sight = (self.viewport_px / self.row_px).ceil().max(1.0) as u64 + 1;
        let first_in_sight = (rows_above as u64).min(self.count);
        let first = first_in_sight.saturating_sub(OVERSCAN);
        let end = first_in_sight.saturating_add(in_sight + OVERSCAN).min(self.count);
        let top_px = scroll_px - (rows_above - first as f64) * self.row_px;
        Window { first, end, top_px }
    }

    /// Where to scroll so that this row stands in the middle of the window.
    pub fn scroll_to_px(&self, row: u64) -> f64 {
        let wanted_above = row as f64 - (self.viewport_px / self.row_px - 1.0) / 2.0;
        let most_above = (self.full_px() - self.viewport_px).max(0.0) / self.row_px;
        if most_above <= 0.0 {
            return 0.0;
        }
        wanted_above.max(0.0).min(most_above) / most_above * self.max_scroll_px()
    }

    /// Whether this row is wholly in sight when scrolled to here.
    pub fn is_in_sight(&self, row: u64, scroll_px: f64) -> bool {
        let above = self.rows_above(scroll_px.max(0.0).min(self.max_scroll_px()));
        let row = row as f64;
        row >= above && row + 1.0 <= above + self.viewport_px / self.row_px
    }

    fn full_px(&self) -> f64 {
        self.count as f64 * self.row_px
    }

    fn rows_above(&self, scroll_px: f64) -> f64 {
        let (full, scrolled) = (self.full_px(), self.max_scroll_px());
        if full <= MAX_HEIGHT_PX || scrolled <= 0.0 {
            return scroll_px / self.row_px;
        }
        scroll_px / scrolled * (full - self.viewport_px) / self.row_px
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: u64) -> VirtualRows {
        VirtualRows { count, row_px: 20.0, viewport_px: 400.0 }
    }

    #[test]
    fn few_rows_are_all_there() {
        assert_eq!(rows(3).window(0.0), Window { first: 0, end: 3, top_px: 0.0 });
        assert_eq!(rows(0).window(50.0), Window { first: 0, end: 0, top_px: 0.0 });
        assert_eq!(rows(3).height_px(), 60.0);
    }

    #[test]
    fn a_window_stands_where_its_rows_belong() {
        let window = rows(100_000).window(20_010.0);
        assert_eq!(window.first, 1_000 - OVERSCAN);
        assert_eq!(window.top_px, window.first as f64 * 20.0);
        assert!(window.end - window.first <= 21 + 2 * OVERSCAN);
    }

    #[test]
    fn the_last_row_is_in_sight_at_the_end_however_many_there_are() {
        for count in [1, 20, 21, 100_000, 10_000_000] {
            let rows = rows(count);
            let window = rows.window(rows.max_scroll_px());
            assert_eq!(window.end, count);
            // Its lower edge is the lower edge of the list.
            let bottom = window.top_px + (window.end - window.first) as f64 * rows.row_px;
            let expected = rows.height_px().max(count as f64 * rows.row_px.min(rows.height_px()));
            assert!((bottom - expected.min(rows.height_px())).abs() < 0.01, "{count}: {bottom}");
        }
    }

    #[test]
    fn a_row_that_is_scrolled_to_is_in_the_middle() {
        for count in [1_000, 10_000_000] {
            let rows = rows(count);
            let scroll = rows.scroll_to_px(500);
            let window = rows.window(scroll);
            let row_top = window.top_px + (500 - window.first) as f64 * rows.row_px;
            let middle = row_top + rows.row_px / 2.0 - scroll;
            assert!((middle - 200.0).abs() < 1.0, "{count}: {middle}");
        }
        let sight = rows(1_000);
        let seen = (0..1_000).filter(|&row| sight.is_in_sight(row, 1_990.0)).collect::<Vec<_>>();
        assert_eq!((seen.first(), seen.last()), (Some(&100), Some(&118)));
        assert_eq!(rows(1_000).scroll_to_px(0), 0.0);
        assert_eq!(rows(1_000).scroll_to_px(999), rows(1_000).max_scroll_px());
        assert_eq!(rows(5).scroll_to_px(3), 0.0);
    }
}
