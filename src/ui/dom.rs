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

/// Empties the field that this change comes from.
pub fn clear(event: &Event) {
    if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
        field.set_value("");
    }
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

/// Puts the focus on this field, with all that stands in it selected: typing replaces it.
pub fn focus_all(node: &NodeRef) {
    focus(node);
    if let Some(field) = node.cast::<HtmlInputElement>() {
        field.select();
    }
}

/// Whether what is typed goes into a field.
pub fn is_field_focused() -> bool {
    let focused =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    focused.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Whether the person selected some of the page's text.
pub fn has_selection() -> bool {
    selection().is_some_and(|selection| !selection.is_collapsed())
}

/// Selects none of the page's text.
pub fn select_nothing() {
    // Fails only where there is nothing to select.
    selection().map(|selection| selection.remove_all_ranges().ok());
}

/// Selects all text of an element.
pub fn select_text(node: &NodeRef) {
    if let (Some(selection), Some(node)) = (selection(), node.cast::<web_sys::Node>()) {
        // As above.
        let _ = selection.select_all_children(&node);
    }
}

fn selection() -> Option<web_sys::Selection> {
    web_sys::window().and_then(|window| window.get_selection().ok().flatten())
}

/// Copies, as if the person had pressed the keys for it.
pub fn copy() {
    #[cfg(target_arch = "wasm32")]
    crate::browser::document::copy();
}

/// Finds what the browser takes for a pattern; `None` where it is none.
pub fn pattern(query: &crate::console::Query) -> Option<Box<dyn crate::console::Matcher>> {
    #[cfg(target_arch = "wasm32")]
    return crate::browser::pattern::Pattern::new(query).map(|pattern| Box::new(pattern) as _);
    #[cfg(not(target_arch = "wasm32"))]
    {
        // No browser, no patterns.
        let _ = query;
        None
    }
}

/// Hears keys and copying anywhere on the page, as long as the component lives.
#[hook]
pub fn use_page_keys(
    key: impl Fn(KeyboardEvent) + 'static,
    copied: impl Fn(web_sys::ClipboardEvent) + 'static,
) {
    use_effect_with((), move |()| {
        #[cfg(target_arch = "wasm32")]
        let listeners = {
            use crate::browser::document;
            (document::on_key(Callback::from(key)), document::on_copy(Callback::from(copied)))
        };
        #[cfg(not(target_arch = "wasm32"))]
        let listeners = (key, copied);
        move || drop(listeners)
    });
}

/// Calls later, once. Natively there is no later.
pub fn after(millis: u32, call: impl FnOnce() + 'static) {
    #[cfg(target_arch = "wasm32")]
    gloo_timers::callback::Timeout::new(millis, call).forget();
    #[cfg(not(target_arch = "wasm32"))]
    drop((millis, call));
}

/// Calls this again and again until it has nothing left to do or so much time has gone. Gives whether anything is left.
pub fn work(millis: u64, mut step: impl FnMut() -> bool) -> bool {
    #[cfg(target_arch = "wasm32")]
    let has_time = {
        let end = crate::browser::clock::now() + crate::heap::Millis(millis);
        move || crate::browser::clock::now() < end
    };
    #[cfg(not(target_arch = "wasm32"))]
    let has_time = move || millis > 0;
    loop {
        match step() {
            true if has_time() => {}
            left => return left,
        }
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
