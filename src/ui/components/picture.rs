//! A canvas that a picture is painted on, again whenever the picture or its own size changes.

use std::rc::Rc;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::chart::{Picture, Surface};
use crate::ui::dom::{self, use_size_watch};

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

/// A canvas to paint on. Natively there is none, and painting does nothing.
pub struct Canvas<'a>(&'a HtmlCanvasElement);

impl Canvas<'_> {
    /// Paints this picture over what was there.
    pub fn paint(&self, picture: &impl Picture) {
        #[cfg(target_arch = "wasm32")]
        crate::browser::canvas::paint(self.0, picture);
        #[cfg(not(target_arch = "wasm32"))]
        let _ = (self.0, picture);
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
    /// Its height in CSS pixels, where the style sheet cannot know it.
    #[prop_or_default]
    pub height_px: Option<f64>,
    /// The pointer moved over it, or left it.
    #[prop_or_default]
    pub on_point: Callback<Option<Pointer>>,
    /// It was clicked.
    #[prop_or_default]
    pub on_press: Callback<Pointer>,
}

/// See the module.
#[component]
pub fn PictureCanvas(props: &PictureCanvasProps) -> Html {
    let canvas = use_node_ref();
    let latest = use_mut_ref(|| props.painter.clone());
    *latest.borrow_mut() = props.painter.clone();

    use_effect_with((props.painter.clone(), props.height_px), {
        let canvas = canvas.clone();
        move |(painter, height_px): &(Painter, Option<f64>)| {
            if let Some(height_px) = height_px {
                dom::set_style(&canvas, "height", &dom::px(*height_px));
            }
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                (painter.0)(Canvas(&canvas));
            }
        }
    });
    use_size_watch(canvas.clone(), {
        let canvas = canvas.clone();
        move || {
            let painter = latest.borrow().clone();
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                (painter.0)(Canvas(&canvas));
            }
        }
    });

    let onpointermove = props.on_point.reform(|event: PointerEvent| pointer(&event));
    let onpointerleave = props.on_point.reform(|_: PointerEvent| None);
    let onclick = {
        let on_press = props.on_press.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(pointer) = pointer(&event) {
                on_press.emit(pointer);
            }
        })
    };
    html! {
        <canvas ref={canvas} class={props.class.clone()} role="img" aria-label={props.label.clone()}
                {onpointermove} {onpointerleave} {onclick}></canvas>
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
