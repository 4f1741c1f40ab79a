//! Keeps the settings in the browser. Where it may not (private windows, blocked cookies), they last as long as
//! the page, and nobody is bothered with it.

use crate::session::Settings;

const KEY: &str = "heapscope.settings";

/// The settings that were kept, else the defaults.
pub fn load() -> Settings {
    let stored = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    stored.map_or_else(Settings::default, |text| Settings::from_json(&text))
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
