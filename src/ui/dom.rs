//! Small steps between elements and values, shared by components.

use std::rc::Rc;

use web_sys::{
    ClipboardEvent, FileList, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
    InputEvent,
};
use yew::prelude::*;

use crate::format;
use crate::session::Shortcut;

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

/// Chooses the option of this value in a list.
pub fn choose(node: &NodeRef, value: &str) {
    if let Some(list) = node.cast::<HtmlSelectElement>() {
        list.set_value(value);
    }
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

/// Hands on the files that were chosen in this field, and empties it: the same file can be chosen again.
pub fn take_chosen_files(event: &Event, take: impl FnOnce(FileList)) {
    let Some(field) = event.target_dyn_into::<HtmlInputElement>() else { return };
    if let Some(files) = field.files().filter(|files| files.length() > 0) {
        take(files);
        field.set_value("");
    }
}

/// The text that is pasted.
pub fn pasted(event: &Event) -> Option<String> {
    use web_sys::wasm_bindgen::JsCast;
    event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?.get_data("text/plain").ok()
}

/// Copies this text.
pub fn copy_text(text: String) {
    #[cfg(target_arch = "wasm32")]
    crate::browser::document::copy_text(text);
    #[cfg(not(target_arch = "wasm32"))]
    drop(text);
}

/// Puts the focus on the first that this selects. False where there is none that takes it.
pub fn focus_first(css: &str) -> bool {
    first(css).is_some_and(|element| element.focus().is_ok())
}

/// Puts the focus on the first that this selects, also where that is a part of the page which takes none by itself.
pub fn go_to(css: &str) {
    let Some(element) = first(css) else { return };
    if element.tab_index() < 0 && !element.has_attribute("tabindex") {
        // Fails only for a name that is none.
        let _ = element.set_attribute("tabindex", "-1");
    }
    let _ = element.focus();
}

/// Scrolls as far as the first that this selects is seen.
pub fn show(css: &str) {
    if let Some(element) = first(css) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Closes the window that lies over the page, in the browser's own way: the focus goes back to where it was.
pub fn close_window() {
    use web_sys::wasm_bindgen::JsCast;
    if let Some(window) =
        first("dialog[open]").and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok())
    {
        window.close();
    }
}

/// Calls back with keys that go down anywhere on the page and whether that is in a field, as long as the page lives.
/// True keeps the browser from taking them.
#[hook]
pub fn use_keys(pressed: impl Fn(&Shortcut, bool) -> bool + 'static) {
    // What is called is the one of the latest drawing.
    let latest = use_mut_ref(|| None::<Pressed>);
    *latest.borrow_mut() = Some(Rc::new(pressed));
    use_effect_with((), move |()| {
        #[cfg(target_arch = "wasm32")]
        let listener = crate::browser::keys::on_press(move |keys, is_in_field| {
            let pressed = latest.borrow().clone();
            pressed.is_some_and(|pressed| pressed(keys, is_in_field))
        });
        #[cfg(not(target_arch = "wasm32"))]
        let listener = latest;
        move || drop(listener)
    });
}

type Pressed = Rc<dyn Fn(&Shortcut, bool) -> bool>;

/// Presses the first that this selects, as a click does.
pub fn press(css: &str) {
    if let Some(element) = first(css) {
        element.click();
    }
}

/// Natively there is no page.
fn first(css: &str) -> Option<HtmlElement> {
    use web_sys::wasm_bindgen::JsCast;
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    let found = web_sys::window()?.document()?.query_selector(css).ok()??;
    found.dyn_into().ok()
}

/// Sets a style through the element's own interface: a page without `unsafe-inline` refuses attributes only.
pub fn set_style(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Refused only for a property that does not exist.
        let _ = element.style().set_property(property, value);
    }
}

/// Scrolls this element sideways as far as what lies between these two places in it is seen.
pub fn show_across(node: &NodeRef, left_px: f64, right_px: f64) {
    let Some(element) = node.cast::<HtmlElement>() else { return };
    let (from, width) = (f64::from(element.scroll_left()), f64::from(element.client_width()));
    if left_px < from || right_px > from + width {
        element.set_scroll_left(((left_px + right_px - width) / 2.0) as i32);
    }
}

/// Whether the person's system asks for less motion.
pub fn wants_less_motion() -> bool {
    #[cfg(target_arch = "wasm32")]
    return crate::browser::theme::wants_less_motion();
    #[cfg(not(target_arch = "wasm32"))]
    false
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

/// Hears copying anywhere on the page, as long as the component lives.
#[hook]
pub fn use_copied(copied: impl Fn(web_sys::ClipboardEvent) + 'static) {
    use_effect_with((), move |()| {
        #[cfg(target_arch = "wasm32")]
        let listener = crate::browser::document::on_copy(Callback::from(copied));
        #[cfg(not(target_arch = "wasm32"))]
        let listener = copied;
        move || drop(listener)
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

/// Something that is done once in the next frame, however often it is asked for until then: what is given asks for it. What
/// is done is that of the first drawing. A hidden page has no frames, and natively there are none.
#[hook]
pub fn use_frame(call: impl Fn() + 'static) -> Callback<()> {
    let ask = use_memo((), |()| {
        #[cfg(target_arch = "wasm32")]
        let frame = crate::browser::frame::Redraw::new(call);
        Callback::from(move |()| {
            #[cfg(target_arch = "wasm32")]
            frame.request();
            #[cfg(not(target_arch = "wasm32"))]
            let _ = &call;
        })
    });
    (*ask).clone()
}

/// A value that may change with every movement of a pointer, as it was when it last stood still for so long: for what takes
/// longer than a frame to find out.
#[hook]
pub fn use_rested<T: Clone + PartialEq + 'static>(value: T, millis: u32) -> T {
    let rested = use_state_eq(|| value.clone());
    let latest = use_mut_ref(|| value.clone());
    *latest.borrow_mut() = value.clone();
    use_effect_with(value, {
        let rested = rested.setter();
        move |value: &T| {
            let value = value.clone();
            after(millis, move || {
                if *latest.borrow() == value {
                    rested.set(value);
                }
            });
        }
    });
    (*rested).clone()
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
