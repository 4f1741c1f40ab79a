//! Icons, drawn by ourselves, as parts of the page: no font, no request.

use yew::prelude::*;

/// An icon, named by what it shows.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Plug,
    Unplug,
    Play,
    Pause,
    Back,
    Forward,
    File,
    Save,
    More,
    Chevron,
    Close,
    Warning,
    Check,
    Clock,
    Blocks,
    Pieces,
    Falling,
    Full,
    Elsewhere,
    Stop,
    Broken,
    Down,
    Up,
    Find,
    Send,
    Settings,
    Restart,
    Panel,
}

impl Icon {
    /// Its strokes, in a square of 16.
    const fn path(self) -> &'static str {
        match self {
            Icon::Plug => "M5.5 1.5v3M10.5 1.5v3M3.5 4.5h9v3a4.5 4.5 0 0 1-9 0zM8 12v2.5",
            Icon::Unplug => "M5.5 1.5v3M10.5 1.5v3M3.5 4.5h9v3a4.5 4.5 0 0 1-9 0zM8 12v2.5M2 14 14 2",
            Icon::Play => "M4.5 2.8v10.4l8.6-5.2z",
            Icon::Pause => "M5.2 3v10M10.8 3v10",
            Icon::Back => "M10 3.5 5.5 8l4.5 4.500",
            Icon::Forward => "M6 3.5 10.500 8 6 12.500",
            Icon::File => "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.8 8h4.4M5.8 11h4.4",
            Icon::Save => "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
            Icon::More => "M3.2 8h.1M8 8h.1M12.8 8h.1",
            Icon::Chevron => "M4.5 6.2 8 9.8l3.5-3.6",
            Icon::Close => "M4 4l8 8M12 4l-8 8",
            Icon::Warning => "M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.7v.1",
            Icon::Check => "M2.8 8.6l3.4 3.4 7-7.6",
            Icon::Clock => "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.6V8l2.4 1.6",
            Icon::Blocks => "M1.8 3.5h5v4h-5zM9.2 3.5h5v4h-5zM1.8 9.7h8v3h-8zM12.2 9.7h2v3h-2z",
            Icon::Pieces => "M1.8 5.5h2.6v5H1.8zM6.7 5.5h2.6v5H6.7zM11.6 5.5h2.6v5h-2.6z",
            Icon::Falling => "M1.8 3.5l4 3.6 2.4-1.6 5 6.2M9.8 12h3.6V8.2",
            Icon::Full => "M1.8 4.5h11v7h-11zM14.5 6.8v2.4M4.2 6.8v2.4M6.4 6.8v2.4M8.6 6.8v2.4M10.6 6.8v2.4",
            Icon::Elsewhere => {
                "M1.8 8.4a4.6 4.6 0 1 1 9.2 0 4.6 4.6 0 0 1-9.2 0M9.6 6.4 14.2 1.8M10.5 1.8h3.7v3.7"
            }
            Icon::Stop => {
                "M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2zM5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"
            }
            Icon::Broken => "M2 3h12v10H2zM8.6 3 6.4 6.4l3 2.2L7 13",
            Icon::Down => "M8 2.5v11M3.8 9.3 8 13.5l4.2-4.2",
            Icon::Up => "M8 13.5v-11M3.8 6.7 8 2.5l4.2 4.2",
            Icon::Find => "M2.2 6.8a4.6 4.6 0 1 1 9.2 0 4.6 4.6 0 0 1-9.2 0M10.2 10.2 14 14",
            Icon::Send => "M13.5 3v4.2a2 2 0 0 1-2 2h-8M6.5 6.2 3.3 9.2l3.2 3",
            Icon::Settings => "M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14M10.2 2.8v3.4M5.8 9.8v3.4",
            Icon::Panel => "M1.8 2.5h12.4v11H1.8zM1.8 6h12.4M9 6v7.5",
            Icon::Restart => "M12.8 5.2A5.6 5.6 0 1 0 13.6 8M13.2 1.8v3.6H9.6",
        }
    }
}

/// The icon, as ornament: the words beside it say the same.
pub fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}

/// The product's mark: a heap of blocks, and the trace of an oscilloscope over it.
pub fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <rect class="logo__ground" x="0" y="0" width="32" height="32" rx="7" />
            <path class="logo__blocks" d="M5 21h6v6H5zM13 21h3v6h-3zM18 21h9v6h-9z" />
            <path class="logo__trace" d="M4.500 14.500h5l2.500-8 4 10 2.500-6 1.800 4h7.200" />
        </svg>
    }
}
