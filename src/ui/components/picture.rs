//! A canvas that a picture is painted on, again whenever the picture or its own size changes.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::chart::{Picture, Surface, Way};
use crate::ui::dom::{self, use_size_watch};
use crate::ui::gestures::{self, Gestures, Handled};
use crate::words::page::picture as words;

/// Where the pointer is, and on what surface: all that a hit test wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// From the left edge, in CSS pixels.
    pub x: f64,
    /// From the upper edge.
    pub y: f64,
    /// The surface.
    pub surface: Surface,
}

/// Where a picture is painted: on the page, or into a file. Natively there is neither, and painting does nothing.
pub struct Canvas<'a>(Ground<'a>);

enum Ground<'a> {
    Page(&'a HtmlCanvasElement),
    File { kind: FileKind, surface: Surface, content: &'a RefCell<Option<String>> },
}

/// A file that a picture is painted into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An image, as an address that has the image in it.
    Png,
    /// The text of an SVG drawing.
    Svg,
    /// A CSV file of all that it stands on, as the address where the browser has it.
    Csv,
}

impl Canvas<'_> {
    /// Paints this picture over what was there.
    pub fn paint(&self, picture: &impl Picture) {
        #[cfg(target_arch = "wasm32")]
        {
            use crate::browser::canvas;
            match &self.0 {
                Ground::Page(element) => canvas::paint(element, picture),
                Ground::File { kind: FileKind::Png, surface, content } => {
                    content.replace(canvas::png(picture, surface));
                }
                Ground::File { kind: FileKind::Svg, surface, content } => {
                    content.replace(Some(canvas::svg(picture, surface)));
                }
                Ground::File { kind: FileKind::Csv, content, .. } => {
                    content.replace(canvas::csv(picture));
                }
            }
        }
        #[cfg(not(target_arch = "wasm32"))]
        let _ = match &self.0 {
            Ground::Page(element) => (Some(element), picture, None),
            Ground::File { kind, surface, content } => (None, picture, Some((kind, surface, content))),
        };
    }
}

/// Something that can be painted. It is equal to itself only: a new one is painted at once.
#[derive(Clone)]
pub struct Painter(Rc<dyn Fn(Canvas<'_>)>);

impl PartialEq for Painter {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Painter {
    /// `paint` builds the picture, which borrows what it shows only while it is painted.
    pub fn new(paint: impl Fn(Canvas<'_>) + 'static) -> Self {
        Painter(Rc::new(paint))
    }

    /// The picture as it is on this canvas, at twice the density of most screens. `None` while it is not in sight.
    pub fn file(&self, kind: FileKind, canvas: &NodeRef) -> Option<String> {
        const DENSITY: f64 = 2.0;
        let surface = Surface { density: DENSITY, ..surface(&canvas.cast()?)? };
        let content = RefCell::new(None);
        (self.0)(Canvas(Ground::File { kind, surface, content: &content }));
        content.into_inner()
    }
}

/// Properties of [`PictureCanvas`].
#[derive(Clone, PartialEq, Properties)]
pub struct PictureCanvasProps {
    /// What the picture shows, in a few words, for those who do not see it.
    pub label: AttrValue,
    /// The canvas's look: its height above all.
    pub class: Classes,
    /// What is painted.
    pub painter: Painter,
    /// The canvas itself, for whoever saves the picture.
    #[prop_or_default]
    pub node: Option<NodeRef>,
    /// Its height for a width, both in CSS pixels, where the style sheet cannot know it.
    #[prop_or_default]
    pub height_for: Option<Callback<f64, f64>>,
    /// Its width in CSS pixels, where it is wider than the place for it.
    #[prop_or_default]
    pub width_px: Option<f64>,
    /// The pointer moved over it, or left it.
    #[prop_or_default]
    pub on_point: Callback<Option<Pointer>>,
    /// It was clicked.
    #[prop_or_default]
    pub on_press: Callback<Pointer>,
    /// It was zoomed, moved, or a band drawn over it; true keeps the browser from scrolling the page instead. Without
    /// this, all of it is always shown.
    #[prop_or_default]
    pub on_handle: Option<Callback<(Handled, Surface), bool>>,
    /// An arrow key was pressed, in a picture whose parts are reached one after the other; without this, the keyboard has a
    /// pointer that moves over the picture.
    #[prop_or_default]
    pub on_way: Option<Callback<(Way, Surface)>>,
}

/// Arrow keys cross a picture in so many steps, and go up and down by so many pixels: less than a row is high.
const KEY_STEPS: f64 = 100.0;
const KEY_STEP_PX: f64 = 12.0;

/// See the module.
#[component]
pub fn PictureCanvas(props: &PictureCanvasProps) -> Html {
    let own_node = use_node_ref();
    let canvas = props.node.clone().unwrap_or(own_node);
    let latest = use_mut_ref(|| (props.painter.clone(), props.height_for.clone(), None));
    *latest.borrow_mut() = (props.painter.clone(), props.height_for.clone(), props.width_px);
    // In the next frame, once for all that asks for it: pictures take longer than the rest of the page.
    let draw = dom::use_frame({
        let canvas = canvas.clone();
        move || {
            let (painter, height_for, width_px) = latest.borrow().clone();
            let Some(element) = canvas.cast::<HtmlCanvasElement>() else { return };
            if let Some(width_px) = width_px {
                dom::set_style(&canvas, "width", &dom::px(width_px));
            }
            if let Some(height_for) = height_for {
                let height_px = height_for.emit(f64::from(element.client_width()));
                dom::set_style(&canvas, "height", &dom::px(height_px));
            }
            (painter.0)(Canvas(Ground::Page(&element)));
        }
    });
    use_effect_with(props.painter.clone(), {
        let draw = draw.clone();
        move |_: &Painter| draw.emit(())
    });
    use_size_watch(canvas.clone(), move || draw.emit(()));

    let gestures = use_mut_ref(Gestures::default);
    let handle = {
        let (on_handle, canvas) = (props.on_handle.clone(), canvas.clone());
        move |handled: Option<Handled>| {
            let surface = canvas.cast().and_then(|canvas| surface(&canvas));
            match (&on_handle, handled, surface) {
                (Some(on_handle), Some(handled), Some(surface)) => on_handle.emit((handled, surface)),
                _ => false,
            }
        }
    };
    let is_handled = props.on_handle.is_some();
    let onpointerdown = {
        let gestures = gestures.clone();
        Callback::from(move |event: PointerEvent| {
            if is_handled && event.button() == 0 {
                let is_finger = event.pointer_type() == "touch";
                let x_px = f64::from(event.offset_x());
                gestures.borrow_mut().down(event.pointer_id(), x_px, is_finger || event.shift_key());
            }
        })
    };
    let onpointermove = {
        let (gestures, handle, on_point) = (gestures.clone(), handle.clone(), props.on_point.clone());
        Callback::from(move |event: PointerEvent| {
            let handled = gestures.borrow_mut().moved(event.pointer_id(), f64::from(event.offset_x()));
            // A picture that moves with the pointer is pointed at where it was before.
            if !matches!(handled, Some(Handled::Moved(_) | Handled::Pinched { .. })) {
                on_point.emit(pointer(&event));
            }
            if handled.is_some() {
                // So that it goes on beyond the edges. Refused only for a pointer that is gone.
                let _ = event
                    .target_dyn_into::<HtmlCanvasElement>()
                    .map(|canvas| canvas.set_pointer_capture(event.pointer_id()));
                handle(handled);
            }
        })
    };
    let onpointerup = {
        let (gestures, handle) = (gestures.clone(), handle.clone());
        Callback::from(move |event: PointerEvent| {
            let handled = gestures.borrow_mut().up(event.pointer_id());
            handle(handled);
        })
    };
    let onpointercancel = {
        let (gestures, handle) = (gestures.clone(), handle.clone());
        Callback::from(move |_: PointerEvent| {
            let handled = gestures.borrow_mut().drop_all();
            handle(handled);
        })
    };
    let onwheel = {
        let handle = handle.clone();
        Callback::from(move |event: WheelEvent| {
            let (at_px, way) = (f64::from(event.offset_x()), (event.delta_x(), event.delta_y()));
            if handle(gestures::turned(at_px, way, event.delta_mode(), event.shift_key())) {
                event.prevent_default();
            }
        })
    };
    let ondblclick = {
        let handle = handle.clone();
        Callback::from(move |_: MouseEvent| {
            handle(Some(Handled::Fitted));
        })
    };
    let onpointerleave = props.on_point.reform(|_: PointerEvent| None);
    let onclick = {
        let (on_press, gestures) = (props.on_press.clone(), gestures.clone());
        Callback::from(move |event: MouseEvent| {
            if gestures.borrow().was_more_than_a_click() {
                return;
            }
            if let Some(pointer) = pointer(&event) {
                on_press.emit(pointer);
            }
        })
    };
    // The keyboard has a pointer of its own; it begins in the middle, and is gone with the focus.
    let place = use_mut_ref(|| None::<(f64, f64)>);
    let onblur = {
        let (place, on_point, has_ways) = (place.clone(), props.on_point.clone(), props.on_way.is_some());
        Callback::from(move |_: FocusEvent| {
            if place.take().is_some() || has_ways {
                on_point.emit(None);
            }
        })
    };
    let onkeydown = {
        let (on_point, on_press) = (props.on_point.clone(), props.on_press.clone());
        let (gestures, handle) = (gestures.clone(), handle.clone());
        let on_way = props.on_way.clone();
        Callback::from(move |event: KeyboardEvent| {
            // With these keys the arrows are the browser's: back, forward.
            if event.alt_key() || event.ctrl_key() || event.meta_key() {
                return;
            }
            let Some(surface) = event.target_dyn_into().and_then(|canvas| surface(&canvas)) else { return };
            if let Some(on_way) = &on_way {
                if let Some(way) = way(&event.key()) {
                    event.prevent_default();
                    on_way.emit((way, surface));
                }
                return;
            }
            let (width, height) = (surface.width_px, surface.height_px);
            let at_px = place.borrow().map_or(width / 2.0, |(x, _)| x);
            let handled = match event.key().as_str() {
                "+" | "=" => Some(Handled::Zoomed { at_px, factor: 0.5 }),
                "-" => Some(Handled::Zoomed { at_px, factor: 2.0 }),
                "0" => Some(Handled::Fitted),
                "ArrowLeft" if event.shift_key() => Some(Handled::Moved(width / 5.0)),
                "ArrowRight" if event.shift_key() => Some(Handled::Moved(-width / 5.0)),
                "Escape" => gestures.borrow_mut().drop_all(),
                _ => None,
            };
            if is_handled && handled.is_some() {
                event.prevent_default();
                handle(handled);
                return;
            }
            let (x, y) = place.borrow().unwrap_or((width / 2.0, height / 2.0));
            let (x, y) = match event.key().as_str() {
                "ArrowLeft" => (x - width / KEY_STEPS, y),
                "ArrowRight" => (x + width / KEY_STEPS, y),
                "ArrowUp" => (x, y - KEY_STEP_PX),
                "ArrowDown" => (x, y + KEY_STEP_PX),
                "Enter" => (x, y),
                _ => return,
            };
            event.prevent_default();
            // Not `clamp`, for its weight: see `format::decimal`.
            let (x, y) = (x.max(0.0).min(width), y.max(0.0).min(height));
            *place.borrow_mut() = Some((x, y));
            let pointer = Pointer { x, y, surface };
            on_point.emit(Some(pointer));
            if event.key() == "Enter" {
                on_press.emit(pointer);
            }
        })
    };
    html! {
        <canvas ref={canvas} class={props.class.clone()} role="img" aria-label={props.label.clone()} tabindex="0"
                aria-keyshortcuts={if is_handled { words::KEYS_OF_AXIS } else { words::KEYS }}
                {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {onpointerleave} {onwheel} {ondblclick}
                {onclick} {onkeydown} {onblur}></canvas>
    }
}

fn way(key: &str) -> Option<Way> {
    match key {
        "ArrowLeft" => Some(Way::Left),
        "ArrowRight" => Some(Way::Right),
        "ArrowUp" => Some(Way::Up),
        "ArrowDown" => Some(Way::Down),
        _ => None,
    }
}

fn pointer(event: &web_sys::MouseEvent) -> Option<Pointer> {
    let canvas = event.target_dyn_into::<HtmlCanvasElement>()?;
    let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    Some(Pointer { x, y, surface: surface(&canvas)? })
}

#[cfg(target_arch = "wasm32")]
fn surface(canvas: &HtmlCanvasElement) -> Option<Surface> {
    Some(crate::browser::canvas::surface(canvas))
}

#[cfg(not(target_arch = "wasm32"))]
fn surface(_: &HtmlCanvasElement) -> Option<Surface> {
    None
}
