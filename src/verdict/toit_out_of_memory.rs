//! Out of memory, as Toit says it: what asked, how much was free then and in what pieces, and so what fails.
//!
//! Not a rule of its own: [`out_of_memory`](super::out_of_memory) asks it where a failure has a Toit heap report.

use super::failures::{self, Failure, TOIT_PAGE_BYTES};
use super::{Evidence, Judgement, State, Sureness, composition};
use crate::dialect::{Event, Extra, Report};
use crate::heap::{Amount, Figure};
use crate::recording::{DatedReport, Past};
use crate::words::verdict::toit_out_of_memory as words;

/// What was free when it failed, as far as the report says it.
enum Free {
    /// All, and the largest block.
    Known(Amount, Amount),
    /// Between so many bytes: calculated from a percentage.
    Between(u64, u64),
    /// Only what was in use is known.
    Used(Amount),
    /// The report was cut off.
    Unknown,
}

impl Free {
    fn of(report: &Report) -> Self {
        let figure = |figure| report.figures.get(figure);
        match (figure(Figure::Free), figure(Figure::LargestFreeBlock), figure(Figure::Used)) {
            (Some(free), Some(largest), _) => Free::Known(free, largest),
            (_, _, Some(used)) => match capacity(report) {
                Some((least, most)) => {
                    let used = used.at_least();
                    Free::Between(least.saturating_sub(used), most.saturating_sub(used))
                }
                None => Free::Used(used),
            },
            _ => Free::Unknown,
        }
    }
}

/// Reports before v2.0.0-alpha.22 do not say what is free, but how many percent are used, rounded down
/// (os_esp32.cc:791-795): the capacity lies between used × 100 / (percent + 1) and used × 100 / percent.
fn capacity(report: &Report) -> Option<(u64, u64)> {
    let used = report.figures.at_least(Figure::Used)?;
    let percent =
        report.figures.at_least(Figure::UsedPercent).filter(|percent| (1..100).contains(percent))?;
    Some((used * 100 / (percent + 1), used * 100 / percent))
}

/// What is said of a failure with this report; `evidence` are the failures' own lines.
pub(super) fn of_report(
    past: &Past<'_>,
    failure: &Failure<'_>,
    (place, dated): (usize, &DatedReport),
    mut evidence: Vec<Evidence>,
) -> Judgement {
    let (event, report) = (&failure.dated.event, &*dated.report);
    let free = Free::of(report);
    let previous = composition::previous(past, place);
    let Said { what, why, sureness, next } = Said::of(&free, of_the_machine(event).is_some());
    let is_past = failure.dated.at < past.boot();
    let mut reasons: Vec<&str> = is_past.then_some(words::BEFORE_RESTART).into_iter().collect();
    reasons.extend([words::NO_GARBAGE, words::PAGES, why, words::LARGE_BYTE_ARRAYS]);
    reasons.extend(may_be_false_alarm(event));
    let rows = composition::summary(report, previous.map(|before| &*before.report));
    let mut build = Vec::new();
    if let (Free::Between(..), Some((least, most))) = (&free, capacity(report)) {
        build.push(words::capacity(least, most));
    }
    build.extend(release(report));
    // A paragraph each.
    let mut explanation = vec![reasons.join(" "), rows.join(" "), build.join(" ")];
    explanation.retain(|paragraph| !paragraph.is_empty());
    evidence.extend(figures_as_evidence(report).map(|text| Evidence::new(dated.lines, text)));
    Judgement {
        state: State::OutOfMemory,
        headline: words::headline(&asked(event), &what),
        explanation: explanation.join("\n"),
        sureness,
        next: next.into(),
        evidence,
    }
}

/// What follows from what was free.
struct Said {
    what: String,
    why: &'static str,
    sureness: Sureness,
    next: &'static str,
}

impl Said {
    /// What `fits_a_page` is an object or a stack: the only thing that such a request needs is a page.
    fn of(free: &Free, fits_a_page: bool) -> Self {
        let two_pages = 2 * TOIT_PAGE_BYTES;
        match *free {
            Free::Known(free, largest) if largest.at_least() >= TOIT_PAGE_BYTES && fits_a_page => Said {
                what: words::what::larger_than(free, largest),
                why: words::PAGE_AGAIN,
                sureness: Sureness::Possible { because: words::NO_EXCEPTION_YET.into() },
                next: words::next::SHORTAGE,
            },
            Free::Known(free, largest) if largest.at_most() >= TOIT_PAGE_BYTES => Said {
                what: words::what::larger_than(free, largest),
                why: words::NO_LARGER_BLOCK,
                sureness: Sureness::likely(words::LARGER_REQUEST_NOT_SAID),
                next: words::next::LARGER_BLOCK,
            },
            Free::Known(free, largest) if free.at_least() >= two_pages => Said {
                what: words::what::no_page(free, largest),
                why: words::NO_PAGE,
                sureness: Sureness::Certain,
                next: words::next::NO_PAGE,
            },
            Free::Known(free, largest) => Said {
                what: words::what::nothing_left(free, largest),
                why: words::HARDLY_ANYTHING,
                sureness: Sureness::Certain,
                next: words::next::SHORTAGE,
            },
            Free::Between(least, most) if least >= two_pages => Said {
                what: words::what::in_pieces(least, most),
                why: words::MOST_LIKELY_NO_PAGE,
                sureness: Sureness::likely(words::NO_LARGEST_BLOCK),
                next: words::next::NO_PAGE,
            },
            Free::Between(least, most) => Said {
                what: words::what::shortage(least, most),
                why: words::HARDLY_ANYTHING,
                sureness: Sureness::likely(words::PERCENT_ROUNDED),
                next: words::next::SHORTAGE,
            },
            Free::Used(used) => Said {
                what: words::what::used(used),
                why: words::FREE_NOT_SAID,
                sureness: Sureness::Certain,
                next: words::next::SHORTAGE,
            },
            Free::Unknown => Said {
                what: words::CUT_OFF.into(),
                why: words::FREE_NOT_SAID,
                sureness: Sureness::Certain,
                next: words::next::SHORTAGE,
            },
        }
    }
}

/// What the virtual machine itself asked for: never more than a page. The reasons are those of its marker.
fn of_the_machine(event: &Event) -> Option<&'static str> {
    const REASONS: [(&str, &str); 3] = [
        ("allocate instance", words::asked::OBJECT),
        ("stack grow", words::asked::STACK),
        ("pushing error", words::asked::EXCEPTION),
    ];
    let reason = failures::text(event, "reason")?;
    REASONS.iter().find(|(known, _)| *known == reason).map(|(_, asked)| *asked)
}

/// What asked for memory, as far as the marker says it.
fn asked(event: &Event) -> String {
    if let Some(asked) = of_the_machine(event) {
        return asked.to_owned();
    }
    let one = failures::text(event, "requested_by");
    match (one, failures::texts(event, "requested_by_one_of")) {
        (Some(name), _) => words::asked::in_primitive(&[name.to_owned()]),
        (None, [_, ..]) => words::asked::in_primitive(failures::texts(event, "requested_by_one_of")),
        (None, []) => failures::text(event, "primitive").map(words::asked::in_number).unwrap_or_default(),
    }
}

/// It may be one of the known false alarms, but the log does not prove it.
fn may_be_false_alarm(event: &Event) -> Option<&'static str> {
    let is_udp_send = |name: &str| name == "udp.send";
    let is_i2c = |name: &str| name.starts_with("i2c.");
    let is_before = |fixed: u32| failures::alpha(event).is_some_and(|release| release < fixed);
    let maybe = failures::texts(event, "requested_by_one_of");
    match failures::text(event, "requested_by") {
        Some(name) if is_udp_send(name) && is_before(191) => Some(words::maybe::BUSY_NETWORK),
        Some(name) if is_i2c(name) && is_before(177) => Some(words::maybe::I2C),
        _ if maybe.iter().any(|name| is_udp_send(name)) => Some(words::maybe::BUSY_NETWORK_IF_OLD),
        _ if maybe.iter().any(|name| is_i2c(name)) => Some(words::maybe::I2C_IF_OLD),
        _ => None,
    }
}

/// Which releases print such a report, where a newer one would tell more.
fn release(report: &Report) -> Option<String> {
    let text = |name: &str| match report.extras.iter().find(|(known, _)| *known == name) {
        Some((_, Extra::Text(text))) => Some(&**text),
        _ => None,
    };
    let releases = text("releases")?;
    match text("layout")? {
        "L1" => Some(words::release::before_largest_block(releases)),
        "L2" | "L3" | "L4" | "L2 to L3" | "L2 to L4" | "L3 to L4" => {
            Some(words::release::before_cause(releases))
        }
        _ => None,
    }
}

fn figures_as_evidence(report: &Report) -> Option<String> {
    let figure = |figure| report.figures.get(figure);
    match (figure(Figure::Free), figure(Figure::LargestFreeBlock)) {
        (Some(free), Some(largest)) => Some(words::evidence(free, largest)),
        _ => {
            let percent = report.figures.at_least(Figure::UsedPercent)?;
            Some(words::evidence_of_percent(figure(Figure::Used)?, percent))
        }
    }
}
