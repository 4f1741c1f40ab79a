//! Every version that set-up asks for, in this one place.
//!
//! The one exception is wasm-bindgen: its command-line tool must have exactly the version of the library, so
//! that version is read from Cargo.lock and cannot be written here a second time.

/// 0.22 asks for a newer compiler than the page itself does.
pub const TRUNK: &str = "0.21.14";

/// Drives Firefox.
pub const GECKODRIVER: &str = "0.37.1";

/// The target that the page is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Debian's second Rust, kept new enough for browsers. It is installable beside rustup's, and its compiler, its cargo
/// and its library source always match each other.
pub const DEBIAN_RUST: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// What the tests want of Debian's Rust as well.
pub const DEBIAN_RUST_LINT: &[&str] = &["rust-web-clippy"];

/// What the tests in a browser want of Debian.
pub const DEBIAN_BROWSER: &[Package] = &[
    Package { name: "chromium", gives: "chromium" },
    Package { name: "chromium-driver", gives: "chromedriver" },
];

/// The other engine, which the end-to-end tests try the page in. Its driver comes from crates.io.
pub const DEBIAN_FIREFOX: &[Package] = &[Package { name: "firefox-esr", gives: "firefox" }];

/// What the end-to-end tests want of Debian: it shows the browser serial ports that are ours.
pub const DEBIAN_SERIAL_RIG: &[Package] = &[Package { name: "umockdev", gives: "umockdev-wrapper" }];

/// What the benchmark fetches its rival with.
pub const DOWNLOADER: &[Package] =
    &[Package { name: "curl", gives: "curl" }, Package { name: "tar", gives: "tar" }];

/// What the fuzz targets want of Debian: libFuzzer is compiled with them.
pub const COMPILER_OF_CPP: &[Package] = &[Package { name: "g++", gives: "c++" }];

/// A package, and the program by which one sees that it is there.
pub struct Package {
    pub name: &'static str,
    pub gives: &'static str,
}
