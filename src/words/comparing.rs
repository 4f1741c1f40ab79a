//! What a step cost, and what differs between two moments or two logs.
//!
//! A range stands where the firmware gives whole KB: "between 2 and 4 KB".

use crate::format;
use crate::heap::{Amount, Change, Millis, Unit};

pub const TITLE: &str = "Before and after";
pub const MEASURE: &str = "Measure a step";
pub const MEASURE_WHAT: &str = "Take a snapshot, do something, take another: see what it cost";
pub const CLOSE: &str = "Close the comparison";
pub const WHAT_TO_DO: &str =
    "What does a step cost? Take a snapshot, do the thing on the board, take another.";
pub const IN_FILE: &str =
    "What lies between two moments? Click the chart or a line of the log, then put A or B there.";
pub const NAME: &str = "Name of the step";
pub const NAME_EXAMPLE: &str = "open web page";
pub const FIRST: &str = "Take the first snapshot";
pub const SECOND: &str = "Take the second snapshot";
pub const WITHDRAW: &str = "Give up";
pub const AGAIN: &str = "Measure again";
pub const REMOVE: &str = "Forget this step";
pub const KEEP: &str = "Keep as a step";
pub const WITH_REPORT: &str = "with a block map, to the byte";
pub const STEPS: &str = "Steps measured so far";
pub const PICKED: &str = "Two moments";
pub const FROM_LOG: &str = "Compare with another log: choose it, or drop it on this panel";
pub const OTHER_CLOSE: &str = "Close the other log";
pub const PUT: [&str; 2] = ["Put A at the marked line", "Put B at the marked line"];
pub const SIDES: [&str; 2] = ["A", "B"];
pub const COPY: &str = "Copy as text";
pub const AS_CSV: &str = "Save as CSV";
pub const NOT_THERE: &str = "One of the two moments is not in the log.";
pub const FIGURE: &str = "Figure";
pub const DIFFERENCE: &str = "Difference";
pub const NOT_KNOWN: &str = "not known";
pub const SAME_READING: &str = "not printed anew";
pub const NOTHING_CHANGED: &str = "no difference";
pub const BY_SIZE: [&str; 5] = ["Block size", "Appeared", "Went", "Stayed", "Difference"];
pub const BY_COUNT: [&str; 4] = ["Block size", "Blocks in A", "Blocks in B", "Difference"];
pub const IN_ALL: &str = "In all";
pub const BY_TYPE: [&str; 4] = ["Type", "A", "B", "Difference"];
pub const CANNOT_BE_ASKED: &str = "This board cannot be asked: what its log last said is taken. Let it print its figures before each snapshot.";
pub const NOTHING_YET: &str = "The board has said nothing yet: there is nothing to take a snapshot of.";
pub const BOARD_GONE: &str = "The board went away before it answered: no snapshot was taken.";
pub const RESTARTED: &str = "The board restarted in between. It began anew with its memory empty, so what differs is not what a step cost. The last lines before the restart say why.";
pub const NOT_PRINTED: &str = "The free heap was not printed anew in between, so what it cost is not known.";
pub const NO_FREE: &str = "The log does not say how much heap was free at both moments.";
pub const TWO_LOGS: &str = "Two logs side by side. They do not both say how much heap was free.";
pub const GAPS: &str = "The log has a gap in between: more may have happened.";

/// A step that has no name.
pub fn step(number: usize) -> String {
    format!("Step {number}")
}

/// `is_second`: the first snapshot is there and stays.
pub fn not_answered(command: &str, is_second: bool) -> String {
    let next = if is_second { "The first one is kept: try the second again." } else { "Try again." };
    format!("The board did not answer “{command}”: no snapshot was taken. {next}")
}

pub fn refused(command: &str) -> String {
    format!("The board refused “{command}”: no snapshot was taken. Try it without the block map.")
}

pub fn waiting(command: &str) -> String {
    format!("Waiting for the board: it was asked “{command}” …")
}

/// The first snapshot is there.
pub fn act(name: &str, at: Millis) -> String {
    format!(
        "A is taken at {}. Now do it: {name}. Then take the second snapshot.",
        format::clock_offset(at, false)
    )
}

/// A step in the list, and which time it was measured.
pub fn measured(name: &str, number: usize, of: usize, cost: Option<Change>) -> String {
    let cost = cost.map(|cost| format!(": {}", difference(cost.reversed(), Unit::Bytes))).unwrap_or_default();
    match of {
        1 => format!("{name}{cost}"),
        _ => format!("{name}, {number} of {of}{cost}"),
    }
}

/// A moment in a list of choices: a line, counted from 0.
pub fn at_line(line: u64) -> String {
    format!("line {}", format::count(line + 1))
}

/// Runs count from 0 here, and from 1 on screen.
pub fn run_start(run: usize) -> String {
    format!("first figures of run {}", run + 1)
}

pub fn run_end(run: usize) -> String {
    format!("end of run {}", run + 1)
}

pub fn of_log(name: &str, what: &str) -> String {
    format!("{name}: {what}")
}

/// Over a column: which side, and its moment.
pub fn column(side: usize, when: &str) -> String {
    format!("{} · {when}", SIDES[side.min(1)])
}

pub fn reading(name: &str) -> String {
    format!("Reading {name} …")
}

/// Two limits in bytes, in the unit of the larger one. What comes of whole KB ends a byte short of them.
fn between(least: u64, most: u64) -> String {
    let is_whole = |bytes: u64| bytes.is_multiple_of(1024);
    let least = if is_whole(least.saturating_sub(1)) { least.saturating_sub(1) } else { least };
    let most = if is_whole(most + 1) { most + 1 } else { most };
    let unit = |text: &str| text.rsplit('\u{a0}').next().unwrap_or_default().to_owned();
    let (least_said, most_said) = (format::bytes(least), format::bytes(most));
    match least_said.strip_suffix(&unit(&most_said)) {
        _ if least == 0 => format!("up to {most_said}"),
        Some(number) => format!("between {} and {most_said}", number.trim_end()),
        None => format!("between {least_said} and {most_said}"),
    }
}

/// An amount of bytes that is known exactly or within limits.
fn amount(least: u64, most: u64) -> String {
    if least == most { format::exact_bytes(least) } else { between(least, most) }
}

/// How a figure differs.
pub fn difference(change: Change, unit: Unit) -> String {
    let Change { at_least, at_most } = change;
    let sized = |least: u64, most: u64| match unit {
        Unit::Bytes => amount(least, most),
        Unit::Percent if least == 1 => "1 point".to_owned(),
        Unit::Percent => format!("{} points", format::count(least)),
        Unit::Count => format::count(least),
    };
    match (at_least, at_most) {
        (0, 0) => NOTHING_CHANGED.to_owned(),
        (1.., _) => format!("{} more", sized(at_least.unsigned_abs(), at_most.unsigned_abs())),
        (_, ..=-1) => format!("{} less", sized(at_most.unsigned_abs(), at_least.unsigned_abs())),
        _ => format!(
            "less than {} either way",
            format::bytes(at_least.unsigned_abs().max(at_most.unsigned_abs()) + 1)
        ),
    }
}

/// What a step cost, in bytes of free heap.
pub fn cost(cost: Change) -> String {
    let Change { at_least, at_most } = cost;
    match (at_least, at_most) {
        (0, 0) => "It cost nothing: as much heap is free as before.".to_owned(),
        (1.., _) => {
            format!("It cost {} of free heap.", amount(at_least.unsigned_abs(), at_most.unsigned_abs()))
        }
        (_, ..=-1) => format!(
            "It cost nothing: {} more are free than before.",
            amount(at_most.unsigned_abs(), at_least.unsigned_abs())
        ),
        _ => "No cost can be seen: the firmware gives whole KB, and they are the same.".to_owned(),
    }
}

/// Two logs, by how much the free heap of the second differs.
pub fn two_logs(free: Change) -> String {
    format!("Free heap, B against A: {}.", difference(free, Unit::Bytes))
}

/// The worst moment: what was free then, and how much more that is than before.
pub fn lowest(free: Amount, taken: Option<Change>, is_measured: bool) -> String {
    let free = format::amount(free);
    let taken = match taken {
        Some(Change { at_least: 1.., at_most }) => {
            let least = taken.map_or(0, |taken| taken.at_least.unsigned_abs());
            format!(": it needed {} at its peak", amount(least, at_most.unsigned_abs()))
        }
        _ => String::new(),
    };
    match is_measured {
        true => {
            format!("The least in between was {free}{taken}. The firmware’s own low-water mark fell to it.")
        }
        false => format!(
            "The least that was printed in between was {free}{taken}. It may have been less for a moment."
        ),
    }
}

/// What happened and how often: the names of the events.
pub fn happened(events: impl Iterator<Item = (&'static str, usize)>) -> String {
    let events: Vec<_> = events
        .map(|(name, count)| if count == 1 { name.to_owned() } else { format!("{name} ({count} times)") })
        .collect();
    format!("In between: {}.", events.join(", "))
}

/// From which reports the rest was read: their lines, counted from 0.
pub fn from_reports(before: u64, after: u64) -> String {
    format!("From the reports that end in {} and {}:", at_line(before), at_line(after))
}

pub fn blocks(appeared: (usize, u64), gone: (usize, u64), stayed: usize) -> String {
    let blocks = |count: usize| match count {
        1 => "1 block".to_owned(),
        count => format!("{} blocks", format::count(count as u64)),
    };
    format!(
        "{} appeared ({}), {} went ({}) and {} stayed.",
        blocks(appeared.0),
        format::bytes(appeared.1),
        blocks(gone.0),
        format::bytes(gone.1),
        blocks(stayed)
    )
}

/// What is left out of a table of sizes or types.
pub fn more_rows(count: usize) -> String {
    format!("and {} more that changed less", format::count(count as u64))
}

/// What several measurements of one step say together.
pub mod repeats {
    use super::{Change, amount, format};

    pub const ONCE: &str = "Measured once: what is taken once may be kept for good reason. Measure it again to see whether it costs that each time.";

    fn times(times: usize) -> String {
        match times {
            2 => "twice".to_owned(),
            times => format!("{} times", format::count(times as u64)),
        }
    }

    fn cost(change: Change) -> String {
        amount(change.at_least.max(0).unsigned_abs(), change.at_most.max(0).unsigned_abs())
    }

    pub fn same_each_time(count: usize, each_bytes: u64) -> String {
        format!(
            "Measured {}: each time it cost {}, and none of it came back. This step leaks.",
            times(count),
            format::exact_bytes(each_bytes)
        )
    }

    pub fn each_time(count: usize, each: Change, total: Change) -> String {
        format!(
            "Measured {}: each time it cost {}, together {}. It does not come back: this step most likely leaks.",
            times(count),
            cost(each),
            cost(total)
        )
    }

    pub fn comes_back(count: usize, each: Change) -> String {
        format!(
            "Measured {}: each time it cost {}, but most of it was free again before the next. Wait a little longer before the second snapshot: this is no leak.",
            times(count),
            cost(each)
        )
    }

    pub fn first_only(count: usize, first: Change, later_is_seen: bool) -> String {
        let later = if later_is_seen {
            "those after it nothing"
        } else {
            "those after it nothing that whole KB show"
        };
        format!(
            "Measured {}: the first cost {}, {later}. That is set up once and kept: no leak.",
            times(count),
            cost(first)
        )
    }

    pub fn nothing(count: usize, is_seen: bool) -> String {
        match is_seen {
            true => format!("Measured {}: it cost nothing in the end.", times(count)),
            false => format!(
                "Measured {}: it cost nothing that can be seen in whole KB. Measure it with a block map, or more often, to be sure.",
                times(count)
            ),
        }
    }

    pub fn only_together(count: usize, total: Change) -> String {
        format!(
            "Measured {}: each costs too little to be seen in whole KB, but together they cost {}.",
            times(count),
            cost(total)
        )
    }

    pub fn varies(count: usize, each: Change) -> String {
        format!(
            "Measured {}: the cost varies, up to {}. Something else runs meanwhile: measure it again.",
            times(count),
            format::bytes(each.at_most.max(0).unsigned_abs())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(at_least: i64, at_most: i64) -> Change {
        Change { at_least, at_most }
    }

    #[test]
    fn what_is_known_to_a_kilobyte_is_said_within_its_limits() {
        for (found, expected) in [
            (cost(change(1_264, 1_264)), "It cost 1\u{202f}264\u{a0}bytes of free heap."),
            (cost(change(2_049, 4_095)), "It cost between 2 and 4\u{a0}KB of free heap."),
            (cost(change(1, 2_047)), "It cost up to 2\u{a0}KB of free heap."),
            (
                cost(change(-4_095, -2_049)),
                "It cost nothing: between 2 and 4\u{a0}KB more are free than before.",
            ),
            (cost(change(0, 0)), "It cost nothing: as much heap is free as before."),
            (difference(change(-3_071, -1_025), Unit::Bytes), "between 1 and 3\u{a0}KB less"),
            (difference(change(-1_023, 1_023), Unit::Bytes), "less than 1\u{a0}KB either way"),
            (difference(change(8, 8), Unit::Percent), "8 points more"),
            (difference(change(-1, -1), Unit::Percent), "1 point less"),
            (difference(change(2, 2), Unit::Count), "2 more"),
            (difference(change(0, 0), Unit::Count), "no difference"),
            (
                repeats::same_each_time(3, 1_264),
                "Measured 3 times: each time it cost 1\u{202f}264\u{a0}bytes, and none of it came back. This step leaks.",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
