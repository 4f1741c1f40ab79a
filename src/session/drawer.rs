//! What the browser keeps for the next visit, besides the settings: each thing in a drawer of its own, as text.
//!
//! It knows the drawers and what to do with what was in them, not how they are kept. A text that was damaged meanwhile
//! changes nothing.
//!
//! ```text
//! Effect::Keep(Drawer::History, text) ──► browser … next visit … ──► Event::KeptRead(Drawer::History, text)
//! ```

use super::{Arrangement, History, Macros, Session};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer {
    /// The lines that were typed.
    History,
    /// The macros.
    Macros,
    /// Which boards were behind which adapters.
    Boards,
    /// How the panels are arranged.
    Panels,
}

impl Drawer {
    /// All of them.
    pub const ALL: [Drawer; 4] = [Drawer::History, Drawer::Macros, Drawer::Boards, Drawer::Panels];

    /// The word under which it is kept.
    pub const fn key(self) -> &'static str {
        match self {
            Drawer::History => "history",
            Drawer::Macros => "macros",
            Drawer::Boards => "boards",
            Drawer::Panels => "panels",
        }
    }
}

impl Session {
    pub(super) fn take_kept(&mut self, drawer: Drawer, text: &str) {
        match drawer {
            Drawer::History => self.sending.history = History::from_text(text),
            Drawer::Macros => {
                if let Some(macros) = Macros::from_json(text) {
                    self.sending.macros = macros;
                }
            }
            Drawer::Boards => self.boards.restore(text),
            Drawer::Panels => self.arrangement = Arrangement::from_text(text),
        }
    }
}
