//! Panels: take their values from the session, hand them to components, send back what comes of it.

mod console;
mod first;
mod header;
mod problem;
mod report;
mod timeline;
mod verdict;

pub use console::ConsolePanel;
pub use first::FirstPagePanel;
pub use header::HeaderPanel;
pub use problem::{ProblemPanel, ReplacePanel};
pub use report::ReportPanel;
pub use timeline::TimelinePanel;
pub use verdict::VerdictPanel;
