//! Findings as JSON lines: the output of `heapscope read`, one object a line. **A stable interface.**
//!
//! Every object but the last has
//!
//! | key | value |
//! |---|---|
//! | `kind` | `"sample"`, `"report"`, `"event"` or `"answer"` |
//! | `dialect` | `"tasmota"`, `"umm"`, `"toit"` … |
//! | `lines` | `[first, last]`: the log lines it was read from, both included, counted from 1 |
//! | `device_time` | `"18:40:08.501"`: the time that the firmware printed, if it did |
//! | `host_time` | `"18:40:09.012"`: the time that a capture tool wrote in front of its last line, if one did; with a date also `host_days_since_1970` |
//!
//! Samples, reports and events then have their figures by name, with the unit in it: `free_bytes`,
//! `total_bytes`, `used_bytes`, `largest_free_block_bytes`, `low_water_mark_bytes`,
//! `fragmentation_percent` (with `fragmentation_formula`, for vendors call different things so),
//! `oom_count`, `largest_request_bytes` and the others of [`Figure::key`](crate::heap::Figure::key).
//! A figure that is not known is absent. A figure from which the firmware dropped the bytes below a
//! KB stands there as the smallest value it can be, and its name is listed in `truncated_to_kib`.
//!
//! | kind | besides |
//! |---|---|
//! | `sample` | `source`: what printed it (`timestamp`, `status4`, `state` …) |
//! | `report` | `format` (`umm_dump`, `heap_report` …), `title`, `complete`, `problems` (sentences, when not complete), `categories` (`name`, `bytes`, `count`, `is_part_of_previous`), `blocks` (`address`, `index`, `bytes`, `state`: `free`, `used`, `guard`), `pages` (`address`; where known `bytes`, `largest_free_bytes`, `used_percent`, `goes_on_in_next`; `uses`: `name` and where known `bytes`, `count`), and what else the format prints |
//! | `event` | `event`: what happened (`restart`, `out_of_memory` …), `text`, and what else the log says of it (`reason`, `stack` …) |
//! | `answer` | `topic`, `ok`, `text` |
//!
//! The last object has the kind `"board"`: which firmware speaks, and what its log said of the board. It is absent
//! where nothing tells the firmware, and has no `lines`.
//!
//! | key | value |
//! |---|---|
//! | `dialect` | the firmware: `"tasmota"`, `"toit"` |
//! | `sureness` | `"possible"`, `"likely"`, `"certain"`, or `"told"` when `--firmware` said so |
//! | `version` | the firmware's: `"15.5.0"`, `"v2.0.0-alpha.189"` |
//! | `chip` | `"ESP8266EX"`, `"ESP32-S3"` |
//! | `name` | the one that its owner gave it |
//! | `build` | which build of the firmware: `"release-tasmota"` |
//! | `core` | the version of the framework it was built with: `"2.7.8"` |
//! | `restart_reason` | why it restarted the last time, in the firmware's words |
//!
//! What is not known of the board is absent.
//!
//! New keys, new kinds and new values of `dialect`, `source`, `format` and `event` may come; those above stay.

use serde_json::{Map, Value, json};

use crate::dialect::{Board, Detected, Extra, Finding, Sureness, What};
use crate::heap::{BlockKind, Figures, Page, PageUse, TimeOfDay};
use crate::stream::HostTime;

/// A finding as one JSON object, without a line end.
pub fn to_line(finding: &Finding) -> String {
    Value::Object(to_object(finding)).to_string()
}

/// Which firmware speaks, and what it said of the board, as one JSON object without a line end.
pub fn board_line(detected: &Detected<'_>) -> String {
    let Board { version, chip, name, build, core, restart_reason } = detected.board;
    let sureness = match detected.sureness {
        Sureness::Possible => "possible",
        Sureness::Likely => "likely",
        Sureness::Certain => "certain",
        Sureness::Told => "told",
    };
    let known = [
        ("kind", Some("board")),
        ("dialect", Some(detected.info.id)),
        ("sureness", Some(sureness)),
        ("version", version.as_deref()),
        ("chip", chip.as_deref()),
        ("name", name.as_deref()),
        ("build", build.as_deref()),
        ("core", core.as_deref()),
        ("restart_reason", restart_reason.as_deref()),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into())));
    Value::Object(known.collect()).to_string()
}

fn to_object(finding: &Finding) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    let kind = match finding.what {
        What::Sample(_) => "sample",
        What::Report(_) => "report",
        What::Event(_) => "event",
        What::Answer(_) => "answer",
    };
    put("kind", kind.into());
    put("dialect", finding.dialect.into());
    put("lines", json!([finding.lines.first + 1, finding.lines.last + 1]));
    if let Some(time) = finding.device_time {
        put("device_time", clock_text(time).into());
    }
    if let Some(HostTime { day, time }) = finding.host_time {
        put("host_time", clock_text(time).into());
        if let Some(day) = day {
            put("host_days_since_1970", day.into());
        }
    }
    match &finding.what {
        What::Sample(sample) => {
            put("source", sample.source.into());
            put_figures(&mut object, &sample.figures);
        }
        What::Report(report) => {
            put("format", report.format.into());
            put("title", report.title.clone().into());
            put("complete", report.complete.into());
            if !report.problems.is_empty() {
                put("problems", report.problems.clone().into());
            }
            put_figures(&mut object, &report.figures);
            put_extras(&mut object, &report.extras);
            if !report.categories.is_empty() {
                let rows = report.categories.iter().map(|row| {
                    json!({
                        "name": row.name, "bytes": row.bytes, "count": row.count,
                        "is_part_of_previous": row.is_part_of_previous,
                    })
                });
                object.insert("categories".into(), rows.collect());
            }
            if !report.blocks.blocks().is_empty() {
                let rows = report.blocks.blocks().iter().map(|block| {
                    let state = match block.kind {
                        BlockKind::Free => "free",
                        BlockKind::Used => "used",
                        BlockKind::Guard => "guard",
                    };
                    json!({
                        "address": format!("{:#010x}", block.address), "index": block.index,
                        "bytes": block.size_bytes, "state": state,
                    })
                });
                object.insert("blocks".into(), rows.collect());
            }
            if !report.pages.is_empty() {
                object.insert("pages".into(), report.pages.iter().map(page).collect());
            }
        }
        What::Event(event) => {
            put("event", event.kind.key().into());
            put("text", event.text.clone().into());
            put_figures(&mut object, &event.figures);
            put_extras(&mut object, &event.extras);
        }
        What::Answer(answer) => {
            put("topic", answer.topic.clone().into());
            put("ok", answer.ok.into());
            put("text", answer.text.clone().into());
        }
    }
    object
}

fn page(page: &Page) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(key.to_owned(), value);
        }
    };
    put("address", Some(format!("{:#010x}", page.address).into()));
    put("bytes", page.size_bytes.map(Value::from));
    put("largest_free_bytes", page.largest_free_bytes.map(Value::from));
    put("used_percent", page.used_percent.map(Value::from));
    put("goes_on_in_next", page.goes_on_in_next.then(|| true.into()));
    if !page.uses.is_empty() {
        put("uses", Some(page.uses.iter().map(page_use).collect()));
    }
    Value::Object(object)
}

fn page_use(PageUse { name, bytes, count }: &PageUse) -> Value {
    let known = [
        ("name", Some(name.as_str().into())),
        ("bytes", bytes.map(Value::from)),
        ("count", count.map(Value::from)),
    ];
    known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

fn put_extras(object: &mut Map<String, Value>, extras: &[(&'static str, Extra)]) {
    for (name, value) in extras {
        object.insert((*name).to_owned(), extra(value));
    }
}

fn put_figures(object: &mut Map<String, Value>, figures: &Figures) {
    let mut truncated = Vec::new();
    for (figure, amount) in figures.iter() {
        object.insert(figure.key().to_owned(), amount.at_least().into());
        if let Some(formula) = figure.formula() {
            object.insert("fragmentation_formula".to_owned(), formula.into());
        }
        if amount.is_truncated() {
            truncated.push(Value::from(figure.key()));
        }
    }
    if !truncated.is_empty() {
        object.insert("truncated_to_kib".to_owned(), truncated.into());
    }
}

fn extra(value: &Extra) -> Value {
    match value {
        Extra::Number(number) => (*number).into(),
        Extra::Text(text) => text.clone().into(),
        Extra::Flag(flag) => (*flag).into(),
        Extra::List(texts) => texts.clone().into(),
    }
}

/// `18:40:08.501`, or without the milliseconds where the firmware prints none.
fn clock_text(time: TimeOfDay) -> String {
    let millis = time.since_midnight().0;
    let (seconds, millis) = (millis / 1_000, millis % 1_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match time.has_millis() {
        true => format!("{clock}.{millis:03}"),
        false => clock,
    }
}
