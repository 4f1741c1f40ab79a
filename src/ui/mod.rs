//! The page: shows what the session's getters say, and sends events back. It computes nothing about heaps.
//!
//! * [`components`]: values in, callbacks out. They know no session, so each can be rendered alone.
//! * [`panels`]: take their values from the session and hand them to components.
//! * [`store`]: the way from the session to the panels and back.
//! * [`view_state`]: what only the page cares about: which lines are marked, which report is shown.
//!
//! All of it compiles natively too, where the tests render it to HTML. What needs a browser (painting,
//! scrolling) happens in effects, which only run there.

pub mod actions;
mod app;
pub mod components;
mod dom;
#[cfg(target_arch = "wasm32")]
mod driver;
pub mod gestures;
pub mod line_editor;
pub mod panels;
pub mod sight;
pub mod store;
pub mod view_state;
pub mod virtual_rows;

pub use app::{App, AppProps};
#[cfg(target_arch = "wasm32")]
pub use driver::start;
pub use store::Store;
