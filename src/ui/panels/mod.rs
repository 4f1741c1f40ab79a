//! Panels: take their values from the session, hand them to components, send back what comes of it.
//!
//! A panel that remembers nothing is a plain function: each Yew component costs the page about 2 KB.

mod arrangement;
mod command;
mod compare;
mod console;
mod dialogs;
mod doctor;
mod first;
mod header;
mod loading;
mod problem;
mod report;
mod timeline;
mod verdict;

use yew::Properties;

use super::store::View;

pub use arrangement::{use_column_width, workbench};
pub use command::{CommandPanel, FILE_LINES, FILE_MACROS, FILE_RAW};
pub use compare::ComparePanel;
pub use console::ConsolePanel;
pub use dialogs::{dialog_panel, handle_key};
pub use doctor::doctor_panel;
pub use first::first_page_panel;
pub use header::header_panel;
pub use loading::loading_panel;
pub use problem::{problem_panel, replace_panel};
pub use report::ReportPanel;
pub use timeline::TimelinePanel;
pub use verdict::{verdict_panel, verdict_then};

/// Properties of the panels that remember something.
#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    /// What they are drawn from.
    pub view: View,
}
