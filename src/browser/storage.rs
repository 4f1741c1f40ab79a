//! Keeps the settings, and the names of boards, in the browser. Where it may not (private windows, blocked cookies), they last as long as
//! the page, and nobody is bothered with it.

use crate::session::Settings;

const KEY: &str = "heapscope.settings";
const BOARDS_KEY: &str = "heapscope.boards";

/// The settings that were kept, else the defaults.
pub fn load() -> Settings {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    stored.map_or_else(Settings::default, |text| Settings::from_json(&text))
}

/// What was kept of the boards behind adapters, if anything.
pub fn load_boards() -> Option<String> {
    storage().and_then(|storage| storage.get_item(BOARDS_KEY).ok().flatten())
}

/// Keeps which boards were behind which adapters, if the browser lets us.
pub fn save_boards(boards: &str) {
    if let Some(storage) = storage() {
        // As with the settings.
        let _ = storage.set_item(BOARDS_KEY, boards);
    }
}

/// Keeps the settings, if the browser lets us.
pub fn save(settings: &Settings) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only means that the choice is not remembered.
        let _ = storage.set_item(KEY, &settings.to_json());
    }
}

fn storage() -> Option<web_sys::Storage> {
    gloo_utils::window().local_storage().ok().flatten()
}
