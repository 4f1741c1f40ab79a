//! Small steps between elements and values, shared by components.

use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, InputEvent};
use yew::prelude::*;

use crate::format;

/// What was typed into the field that this event comes from.
pub fn typed(event: &InputEvent) -> String {
    let target = event.target_dyn_into::<HtmlInputElement>();
    target.map(|field| field.value()).unwrap_or_default()
}

/// What was typed into the text area that this event comes from.
pub fn typed_area(event: &InputEvent) -> String {
    let target = event.target_dyn_into::<HtmlTextAreaElement>();
    target.map(|area| area.value()).unwrap_or_default()
}

/// What was chosen in the list that this event comes from.
pub fn chosen(event: &Event) -> String {
    let target = event.target_dyn_into::<HtmlSelectElement>();
    target.map(|list| list.value()).unwrap_or_default()
}

/// What the field holds that this change comes from.
pub fn changed(event: &Event) -> String {
    let target = event.target_dyn_into::<HtmlInputElement>();
    target.map(|field| field.value()).unwrap_or_default()
}

/// Whether the box is ticked that this change comes from.
pub fn ticked(event: &Event) -> bool {
    event.target_dyn_into::<HtmlInputElement>().is_some_and(|field| field.checked())
}

/// Sets a style through the element's own interface: a page without `unsafe-inline` refuses attributes only.
pub fn set_style(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Refused only for a property that does not exist.
        let _ = element.style().set_property(property, value);
    }
}

/// A length as styles write it: `12.50px`.
pub fn px(length: f64) -> String {
    format::decimal(length, 2) + "px"
}

/// Puts the focus on this element.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Fails only where the element is gone.
        let _ = element.focus();
    }
}

/// Calls back whenever this element changes its size, and once at the beginning.
#[hook]
pub fn use_size_watch(node: NodeRef, changed: impl Fn() + 'static) {
    use_effect_with((), move |()| {
        #[cfg(target_arch = "wasm32")]
        let watch = node
            .cast::<web_sys::Element>()
            .and_then(|element| crate::browser::canvas::SizeWatch::new(&element, changed));
        #[cfg(not(target_arch = "wasm32"))]
        let watch = (node, changed);
        move || drop(watch)
    });
}
