//! The browser: serial ports, files, storage, clock, canvas. One small file for each thing it offers.
//!
//! Nothing here decides anything: effects come in, events go out. It is the only place, besides the types of
//! elements and events in [`ui`](crate::ui), that names the browser's API, and it exists for wasm32 only.

pub mod address;
mod backend;
pub mod canvas;
pub mod clock;
pub mod document;
pub mod download;
mod error;
pub mod files;
pub mod frame;
pub mod gzip;
pub mod keys;
pub mod panic;
pub mod pattern;
pub mod serial;
mod serial_bindings;
pub mod storage;
pub mod surroundings;
pub mod theme;
pub mod ticker;
