//! Which states of which picture there is a drawing of: one list, so that none is forgotten.
//!
//! The drawings themselves are made and compared in `tests/charts.rs`. A new picture must have a place here, each of the
//! states that every picture can be in must have a drawing or a reason why it cannot, and every drawing is one of a state.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The states that every picture can be in, as the lists below have them.
const OF_EVERY_PICTURE: [&str; 8] = [
    "nothing",
    "the least",
    "as usual",
    "very much",
    "dark",
    "360 pixels wide",
    "twice as dense",
    "pointed at",
];

/// A state: the drawings of it, or why there is none.
type State = (&'static str, Result<&'static [&'static str], &'static str>);

/// A picture, by the type that draws it.
struct Drawn {
    picture: &'static str,
    states: &'static [State],
}

const PICTURES: &[Drawn] = &[
    Drawn {
        picture: "TimelineChart",
        states: &[
            ("nothing", Ok(&["timeline_empty"])),
            ("the least", Ok(&["timeline_one_sample", "timeline_two_samples"])),
            ("as usual", Ok(&["timeline_leak_wide"])),
            ("very much", Ok(&["timeline_days"])),
            ("dark", Ok(&["timeline_leak_wide_dark", "timeline_events_dark"])),
            (
                "360 pixels wide",
                Ok(&["timeline_leak_phone", "timeline_leak_phone_dark_sharp", "timeline_lines_phone"]),
            ),
            ("twice as dense", Ok(&["timeline_leak_wide_sharp"])),
            ("pointed at", Ok(&["timeline_cursor", "timeline_cursor_phone_dark"])),
            ("one figure, cut off to KB", Ok(&["timeline_one_series"])),
            ("values that do not change", Ok(&["timeline_all_equal", "timeline_nothing_free"])),
            ("gaps, failures, a crash and a restart", Ok(&["timeline_leak_wide"])),
            ("many restarts", Ok(&["timeline_restarts", "timeline_restarts_phone"])),
            ("every kind of event", Ok(&["timeline_events"])),
            ("no times", Ok(&["timeline_lines"])),
            ("zoomed", Ok(&["timeline_cursor"])),
            (
                "two moments compared",
                Ok(&["timeline_compared", "timeline_compared_one", "timeline_compared_phone"]),
            ),
            ("a part is being chosen", Ok(&["timeline_band"])),
            ("followed", Ok(&["timeline_forecast_followed"])),
            ("a drop that lasts", Ok(&["timeline_drop", "timeline_drop_phone_dark"])),
            ("a forecast", Ok(&["timeline_forecast", "timeline_forecast_phone_dark"])),
            (
                "a forecast beyond the axis",
                Ok(&[
                    "timeline_forecast_beyond",
                    "timeline_forecast_beyond_phone",
                    "timeline_forecast_beside_an_event",
                ]),
            ),
            ("a forecast that may never come true", Ok(&["timeline_forecast_or_never"])),
            ("a forecast of an earlier moment", Ok(&["timeline_forecast_then"])),
        ],
    },
    Drawn {
        picture: "BlockMapPicture",
        states: &[
            ("nothing", Ok(&["block_map_empty"])),
            ("the least", Ok(&["block_map_one_free_block"])),
            ("as usual", Ok(&["block_map_leak_wide", "block_map_fragmented_wide"])),
            ("very much", Ok(&["block_map_five_thousand_tiny"])),
            ("dark", Ok(&["block_map_leak_wide_dark", "block_map_fragmented_wide_dark"])),
            ("360 pixels wide", Ok(&["block_map_leak_phone", "block_map_leak_phone_dark_sharp"])),
            ("twice as dense", Ok(&["block_map_leak_wide_sharp"])),
            ("pointed at", Ok(&["block_map_selected"])),
            ("nothing free", Ok(&["block_map_nothing_free"])),
            ("as a strip", Ok(&["block_map_strip", "block_map_strip_dark_sharp"])),
            (
                "a request that fits",
                Ok(&[
                    "block_map_fits",
                    "block_map_fits_dark",
                    "block_map_fits_phone",
                    "block_map_fits_in_pieces",
                ]),
            ),
            (
                "a request that does not fit",
                Ok(&["block_map_does_not_fit", "block_map_does_not_fit_phone_dark"]),
            ),
            (
                "compared",
                Ok(&[
                    "block_map_changes",
                    "block_map_changes_back",
                    "block_map_changes_dark",
                    "block_map_changes_phone",
                    "block_map_fates",
                ]),
            ),
            ("compared, with a request", Ok(&["block_map_changes_and_request"])),
            (
                "damaged",
                Ok(&[
                    "block_map_damaged_end",
                    "block_map_damaged_nb",
                    "block_map_damaged_neighbours",
                    "block_map_damaged_nf",
                    "block_map_damaged_pb",
                    "block_map_damaged_phone_dark",
                ]),
            ),
            ("not whole", Ok(&["block_map_incomplete"])),
        ],
    },
    Drawn {
        picture: "FreeBlocks",
        states: &[
            ("nothing", Ok(&["free_blocks_empty"])),
            ("the least", Ok(&["free_blocks_one"])),
            ("as usual", Ok(&["free_blocks"])),
            ("very much", Err("its columns are powers of two: a heap of 4 GB has no more than 30")),
            ("dark", Ok(&["free_blocks_none_holds_it"])),
            ("360 pixels wide", Ok(&["free_blocks_phone_dark"])),
            ("twice as dense", Ok(&["free_blocks_phone_dark"])),
            ("pointed at", Ok(&["free_blocks_pointed"])),
            ("a request that fits", Ok(&["free_blocks_in_pieces"])),
            ("a request that does not fit", Ok(&["free_blocks_none_holds_it"])),
            ("not whole", Err("it looks the same: its caption says so")),
        ],
    },
    Drawn {
        picture: "Composition",
        states: &[
            ("nothing", Ok(&["composition_empty"])),
            ("the least", Ok(&["composition_zero"])),
            ("as usual", Ok(&["composition_wide"])),
            ("very much", Ok(&["composition_many"])),
            ("dark", Ok(&["composition_wide_dark"])),
            ("360 pixels wide", Ok(&["composition_phone_dark_sharp", "composition_parts_phone"])),
            ("twice as dense", Ok(&["composition_parts"])),
            ("pointed at", Ok(&["composition_parts"])),
            ("parts below their kind", Ok(&["composition_parts"])),
            ("more rows than there is room for", Ok(&["composition_short"])),
            (
                "unknown rows",
                Err("it draws every row alike: what is known of one stands in the list below it"),
            ),
        ],
    },
    Drawn {
        picture: "CompositionOverTime",
        states: &[
            ("nothing", Ok(&["over_time_empty"])),
            ("the least", Ok(&["over_time_two_reports"])),
            ("as usual", Ok(&["over_time"])),
            ("very much", Ok(&["over_time_many"])),
            ("dark", Ok(&["over_time_dark"])),
            ("360 pixels wide", Ok(&["over_time_phone_dark_sharp"])),
            ("twice as dense", Ok(&["over_time_phone_dark_sharp"])),
            ("pointed at", Ok(&["over_time_pointed"])),
            ("block maps", Ok(&["over_time_maps", "over_time_maps_phone_dark_sharp"])),
            ("no times", Ok(&["over_time_lines"])),
            ("all at one time", Ok(&["over_time_of_one_moment"])),
        ],
    },
];

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn listed() -> BTreeSet<&'static str> {
    let states = PICTURES.iter().flat_map(|drawn| drawn.states);
    states
        .filter_map(|(_, drawings)| drawings.as_ref().ok())
        .flat_map(|drawings| drawings.iter().copied())
        .collect()
}

#[test]
fn every_picture_is_in_the_list() {
    let mut pictures = BTreeSet::new();
    let mut folders = vec![repository().join("src/chart")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for line in
                source.lines().filter(|line| line.starts_with("impl") && line.contains(" Picture for "))
            {
                let name = line.rsplit(" Picture for ").next().unwrap();
                let end = name.find(|letter: char| !letter.is_alphanumeric()).unwrap();
                pictures.insert(name[..end].to_owned());
            }
        }
    }
    let listed: BTreeSet<String> = PICTURES.iter().map(|drawn| drawn.picture.to_owned()).collect();
    assert_eq!(listed, pictures);
}

#[test]
fn every_picture_is_drawn_in_every_state() {
    for Drawn { picture, states } in PICTURES {
        for state in OF_EVERY_PICTURE {
            assert!(states.iter().any(|(name, _)| *name == state), "{picture}: {state}");
        }
        let names: BTreeSet<_> = states.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), states.len(), "{picture} has a state twice");
        for (state, drawings) in *states {
            match drawings {
                Ok(drawings) => assert!(!drawings.is_empty(), "{picture}: {state}"),
                Err(why) => assert!(why.len() > 20, "{picture}: {state}: {why}"),
            }
        }
    }
}

#[test]
fn every_drawing_is_one_of_a_state_and_is_compared() {
    let files = fs::read_dir(repository().join("tests/snapshots/charts")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let drawn: BTreeSet<String> = names.map(|name| name.trim_end_matches(".svg").to_owned()).collect();
    let listed: BTreeSet<String> = listed().into_iter().map(str::to_owned).collect();
    assert_eq!(listed, drawn);
    let source = fs::read_to_string(repository().join("tests/charts.rs")).unwrap();
    for name in &listed {
        assert!(source.contains(&format!("\"{name}\"")), "nothing draws {name}");
    }
}
