//! The part of xtask that the end-to-end tests use too, so that they load the page exactly as `cargo xtask serve` serves it.

pub mod page_server;
