//! One redraw per animation frame, however often it is asked for. A hidden page draws nothing.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_render::{AnimationFrame, request_animation_frame};

/// Asks for redraws.
#[derive(Clone)]
pub struct Redraw {
    waiting: Rc<RefCell<Option<AnimationFrame>>>,
    draw: Rc<dyn Fn()>,
}

impl Redraw {
    /// `draw` is called once per frame in which it was asked for.
    pub fn new(draw: impl Fn() + 'static) -> Self {
        Redraw { waiting: Rc::default(), draw: Rc::new(draw) }
    }

    /// Draws in the next frame.
    pub fn request(&self) {
        if self.waiting.borrow().is_some() {
            return;
        }
        let this = self.clone();
        let frame = request_animation_frame(move |_| {
            *this.waiting.borrow_mut() = None;
            (this.draw)();
        });
        *self.waiting.borrow_mut() = Some(frame);
    }
}
