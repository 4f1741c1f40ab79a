//! The browser: serial ports, files, storage, clock, canvas. One small file for each thing it offers.
//!
//! Nothing here decides anything: effects come in, events go out. It is the only place, besides the types of
//! elements and events in [`ui`](crate::ui), that names the browser's API, and it exists for wasm32 only.

mod address;
pub mod canvas;
mod clock;
mod download;
mod driver;
mod error;
mod files;
mod frame;
mod panic;
mod serial;
mod serial_bindings;
mod storage;
pub mod theme;

/// Starts the application in the page.
pub fn start() {
    let store = driver::start();
    let mount = gloo_utils::document().get_element_by_id("app");
    let mount = mount.unwrap_or_else(|| gloo_utils::body().into());
    // What stood there while the program was loading.
    mount.set_text_content(None);
    yew::Renderer::<crate::ui::App>::with_root_and_props(mount, crate::ui::AppProps { store }).render();
}
