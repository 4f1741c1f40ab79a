//! Keeps the settings in the browser, and what else is kept for the next visit. Where it may not (private windows,
//! blocked cookies), they last as long as the page, and nobody is bothered with it.

use crate::session::{Drawer, Settings};

const KEY: &str = "heapscope.settings";

/// The settings that were kept, else the defaults.
pub fn load() -> Settings {
    get(KEY).map_or_else(Settings::default, |text| Settings::from_json(&text))
}

/// Keeps the settings, if the browser lets us.
pub fn save(settings: &Settings) {
    set(KEY, &settings.to_json());
}

/// What else was kept.
pub fn kept() -> impl Iterator<Item = (Drawer, String)> {
    Drawer::ALL.into_iter().filter_map(|drawer| Some((drawer, get(&key(drawer))?)))
}

/// Keeps it, if the browser lets us.
pub fn keep(drawer: Drawer, text: &str) {
    set(&key(drawer), text);
}

fn key(drawer: Drawer) -> String {
    format!("heapscope.{}", drawer.key())
}

fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

fn set(key: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only means that it is not remembered.
        let _ = storage.set_item(key, text);
    }
}

fn storage() -> Option<web_sys::Storage> {
    gloo_utils::window().local_storage().ok().flatten()
}
