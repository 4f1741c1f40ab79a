//! What leaves the page, and how: what is secret in it is replaced first.
//!
//! Nothing leaves by itself: a person asks for a file or a link, is shown what is in it, and takes it away. This folder makes
//! what is taken away; it opens no window, sends nothing, and knows no browser.
//!
//! ```
//! use heapscope::sharing::redaction::Redaction;
//!
//! let log = b"Connecting to AP1 Workshop in mode 11n as plug-1234...\nWorkshop is far away\n";
//! let mut redaction = Redaction::of(log.split(|byte| *byte == b'\n'));
//! assert_eq!(redaction.redacted(b"Workshop is far away"), &b"network-1 is far away"[..]);
//! ```

pub mod archive;
pub mod redaction;
