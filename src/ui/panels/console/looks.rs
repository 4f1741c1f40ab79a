//! What of the rows' look is done behind the drawing: colours that no class has, and bringing a match into sight.

use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::NodeRef;

use crate::console::{Rgb, legible};

/// The grounds of the log, as `--sunken` in the style sheet has them.
const LIGHT: Rgb = Rgb(0xf7, 0xf8, 0xfa);
const DARK: Rgb = Rgb(0x10, 0x14, 0x19);

/// Room left beside a match, in CSS pixels.
const BESIDE_PX: f64 = 60.0;

/// Gives pieces the colours that their firmware chose, so that they can be read on a light and on a dark ground.
/// Through the elements' own interface: a page without `unsafe-inline` refuses attributes.
pub(super) fn put_colours(window: &NodeRef) {
    let Some(window) = window.cast::<Element>() else { return };
    for (attribute, light, dark) in
        [("data-fore", "--fore-light", "--fore-dark"), ("data-ground", "--ground-light", "--ground-dark")]
    {
        let Ok(pieces) = window.query_selector_all(&format!("[{attribute}]")) else { continue };
        for index in 0..pieces.length() {
            let piece = pieces.get(index).and_then(|piece| piece.dyn_into::<HtmlElement>().ok());
            let Some(piece) = piece else { continue };
            let Some(colour) = piece.get_attribute(attribute).as_deref().and_then(colour) else { continue };
            // Refused only for a property that does not exist.
            let _ = piece.style().set_property(light, &legible(colour, LIGHT).css());
            let _ = piece.style().set_property(dark, &legible(colour, DARK).css());
        }
    }
}

fn colour(parts: &str) -> Option<Rgb> {
    let mut parts = parts.split(' ').map(|part| part.parse().ok());
    Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
}

/// Scrolls sideways until the match at which the search stands is in sight.
pub(super) fn show_current_match(scroller: &NodeRef) {
    let Some(scroller) = scroller.cast::<Element>() else { return };
    let Ok(Some(found)) = scroller.query_selector(".found--current") else { return };
    let (seen, found) = (scroller.get_bounding_client_rect(), found.get_bounding_client_rect());
    let scrolled_px = f64::from(scroller.scroll_left());
    let by = match () {
        // The beginnings of lines say most: back to them where that shows the match too.
        () if found.right() + scrolled_px < seen.right() - BESIDE_PX => -scrolled_px,
        () if found.left() < seen.left() + BESIDE_PX => found.left() - seen.left() - BESIDE_PX,
        () if found.right() > seen.right() - BESIDE_PX => found.right() - seen.right() + BESIDE_PX,
        () => return,
    };
    scroller.set_scroll_left(scroller.scroll_left() + by as i32);
}
