//! What the page itself says: labels, hints, buttons; one module for each of its parts.

/// What several parts say.
pub mod common {
    use crate::format;

    pub const CONNECT: &str = "Connect";
    pub const LINE_SETTINGS: &str = "Line settings";
    pub const WATCH_DEMO: &str = "Watch the demo board";
    pub const SAVE_LOG: &str = "Save log";
    pub const DROP_HERE: &str = "Drop the log to read it";
    pub const CLOSE_MESSAGE: &str = "Close this message";
    pub const PORTS_USED_BEFORE: &str = "Ports used before";
    pub const USED_BEFORE: &str = "Used before";
    pub const AS_TABLE: &str = "As a table";
    pub const TABLE: &str = "Table";

    pub fn opening(port: &str) -> String {
        format!("Opening {port} …")
    }

    /// A line of the log, counted from 0; people count from 1.
    pub fn line(line: u64) -> String {
        format!("line {}", format::count(line + 1))
    }

    /// From the first to the last line, counted from 0.
    pub fn lines(first: u64, last: u64) -> String {
        format!("lines {}–{}", format::count(first + 1), format::count(last + 1))
    }

    /// A board that is one of several of its name.
    pub fn number(number: usize) -> String {
        format!("no. {number}")
    }

    pub fn rows_left_out(count: usize) -> String {
        format!("The first {} rows are left out here.", format::count(count as u64))
    }

    /// The rest of a list.
    pub fn and_more(count: usize) -> String {
        format!("and {} more", format::count(count as u64))
    }

    /// A Toit program's file of names is wanted.
    pub fn drop_snapshot(program: &str) -> String {
        format!("Drop {program}.snapshot on this page to see its classes and methods by name.")
    }
}

/// The first page.
pub mod first_page {
    pub const TITLE: &str = "See what your board’s heap is doing";
    pub const LEAD: &str = "Heapscope reads the memory reports in a microcontroller’s log, charts them, and says in plain words what they mean: healthy, leaking, fragmenting, out of memory.";
    pub const PRIVACY: &str =
        "Everything happens in this browser; nothing that you connect, drop or paste leaves it.";
    pub const CHOOSE_IN_LIST: &str = "Choose the board in the browser’s list.";
    pub const CONNECT_BOARD: &str = "Connect a board";
    pub const CONNECT_HOW: &str =
        "Plug it in by USB and choose its serial port. Its log, its heap and a verdict follow by themselves.";
    pub const NO_SERIAL: &str = "This browser cannot reach serial ports. ";
    pub const WHICH_BROWSERS: &str = "Chrome, Edge and Opera (from 89) and Firefox (from 151) on a computer can, and Chrome on Android (from 148) for wired ports. Everything else on this page works here too.";
    pub const USED_BEFORE: &str = "Used before:";
    pub const DEMO_WHAT: &str = "A simulated ESP8266 with Tasmota leaks and fragments its memory before your eyes. It answers commands like a real one. No hardware needed.";
    pub const START_DEMO: &str = "Start the demo";
    pub const DROP_OR_PASTE: &str = "Drop or paste a log";
    pub const DROP_WHAT: &str = "A captured log, an out-of-memory table from a forum, a heap dump: it is drawn, and its verdict explained.";
    pub const LOG_TEXT: &str = "Log text";
    pub const PASTE_HERE: &str = "Paste the text here, or drop a file anywhere on this page";
    pub const READ_TEXT: &str = "Read this text";
    pub const CHOOSE_FILE: &str = "Choose a file";

    /// Names of firmwares.
    pub fn reads(firmwares: &[&str]) -> String {
        let listed = match firmwares {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        format!("Reads {listed}. ")
    }
}

/// The head of the page.
pub mod header {
    pub const NAME: &str = "Heapscope";
    pub const SAVE_WHAT: &str = "Save every byte of the log as a file";
    pub const MORE: &str = "More";
    pub const START_OVER: &str = "Start over";
    pub const CHOOSE_IN_LIST: &str = "Choose the board in the browser’s list";
    pub const STOPPED: &str = "stopped";
    pub const DEMO_BOARD: &str = "Demo board";
    pub const SIMULATED: &str = " — simulated";
    pub const FIRMWARE: &str = "Firmware?";
    pub const NO_FIRMWARE: &str = "Nothing in the log shows yet which firmware this is.";
    pub const BY_LOG: &str = "Recognise it by its log";
    pub const NOT_KNOWN: &str = "Not known yet which firmware this is";
    pub const ASK_FOR_REPORT: &str = "Ask for a report";
    pub const DISCONNECT: &str = "Disconnect";
    pub const STOP_WAITING: &str = "Stop waiting";
    pub const STOP_DEMO: &str = "Stop the demo";
    pub const PORTS: &str = "Ports and line settings";

    pub fn port(name: &str, baud: Option<u32>) -> String {
        match baud {
            Some(baud) => format!("{name} · {baud} baud"),
            None => name.to_owned(),
        }
    }

    pub fn closing(port: &str) -> String {
        format!("Closing {port} …")
    }

    pub fn lost(port: &str) -> String {
        format!("{port} is gone: waiting for it")
    }

    pub fn disconnected(port: &str) -> String {
        format!("{port}, disconnected")
    }

    /// `how` is how sure it is.
    pub fn recognised(how: &str) -> String {
        format!("Recognised: {how}.")
    }

    pub fn it_is(firmware: &str) -> String {
        format!("It is {firmware}")
    }
}

/// Asking the board by itself.
pub mod poll {
    pub const ASK_BY_ITSELF: &str = "Ask the board for its figures by itself";
    pub const EVERY_SECONDS: &str = "Every … seconds";
    pub const RESTRAINT: &str =
        "Never two questions at once, never while a report is printed, and less often while nothing answers.";
    pub const OFF: &str = "Not asking";
    pub const LISTENING: &str = "Listening";

    pub fn next(interval_secs: u64, left_secs: u64) -> String {
        format!("Every {interval_secs} s · in {left_secs} s")
    }

    pub fn asked(command: &str) -> String {
        format!("Asked {command} …")
    }

    pub fn unanswered(count: u32, left_secs: u64) -> String {
        match count {
            1 => format!("Unanswered once · in {left_secs} s"),
            many => format!("Unanswered {many} times · in {left_secs} s"),
        }
    }
}

/// How a port is opened.
pub mod line_settings {
    pub const BAUD_RATE: &str = "Baud rate";
    pub const USUAL_BAUDS: &str = "Usual baud rates";
    pub const DATA_BITS: &str = "Data bits";
    pub const PARITY: &str = "Parity";
    pub const STOP_BITS: &str = "Stop bits";
    pub const FLOW_CONTROL: &str = "Flow control";
    pub const USED_LATER: &str = "Used from the next Connect on.";

    pub fn bits(count: u8) -> String {
        match count {
            1 => "1 bit".to_owned(),
            many => format!("{many} bits"),
        }
    }
}

/// What stands around a verdict.
pub mod verdict_bar {
    use crate::format;
    use crate::heap::Millis;

    pub const VERDICT: &str = "Verdict";
    pub const WHAT_TO_DO: &str = "What to do";
    pub const ALSO: &str = "Also";
    pub const NOT_SHOWN: &str = "What this log cannot show";

    /// Before a large text was read to its end.
    pub fn reading(percent: u64) -> String {
        format!("Reading the log: {percent} %")
    }

    /// The button that opens the reasons, and so many other findings.
    pub fn why(others: usize) -> String {
        match others {
            0 => "Why".to_owned(),
            others => format!("Why, and {others} more"),
        }
    }

    pub fn next(next: &str) -> String {
        format!("What to do: {next}")
    }

    pub fn how_sure(sureness: &str, why_not_surer: Option<&str>) -> String {
        match why_not_surer {
            Some(because) => format!("How sure: {sureness}. {because}"),
            None => format!("How sure: {sureness}."),
        }
    }

    pub fn at_time(at: Millis) -> String {
        format!("At {}", format::clock_offset(at, false))
    }

    /// A line of the log, counted from 0.
    pub fn at_line(line: u64) -> String {
        format!("At {}", super::common::line(line))
    }
}

/// What every picture offers.
pub mod picture {
    /// Not for people: the browser's names of the keys.
    pub const KEYS: &str = "ArrowLeft ArrowRight ArrowUp ArrowDown Enter";
    pub const KEYS_OF_AXIS: &str =
        "ArrowLeft ArrowRight ArrowUp ArrowDown Enter + - 0 Shift+ArrowLeft Shift+ArrowRight Escape";
    pub const TAKE_AWAY: &str = "Save or copy this picture";
    pub const AS_IMAGE: &str = "Save as an image (PNG)";
    pub const AS_DRAWING: &str = "Save as a drawing (SVG)";
    pub const AS_FIGURES: &str = "Save its figures (CSV)";
    pub const COPY_TABLE: &str = "Copy its table";
}

/// The heap over time.
pub mod timeline {
    use crate::format;
    use crate::heap::Millis;

    pub const TITLE: &str = "Heap over time";
    pub const FREE: &str = "Free";
    pub const LARGEST_BLOCK: &str = "Largest block";
    pub const FRAGMENTATION: &str = "Fragmentation";
    pub const LOWEST_EVER: &str = "Lowest ever";
    pub const FAILED: &str = "Failed";
    pub const SHOW_ALL: &str = "Show all";
    pub const POINT: &str = "Point or arrow keys: values. Click or Enter: the line. Wheel or +: zoom.";
    pub const TAP: &str = "Tap the chart to read values and to find the line in the log.";
    pub const ONE_MOMENT: &str =
        "All figures are of one moment. A log with several reports shows how they change.";
    pub const NONE_IN_LOG: &str = "No heap figures over time in this log.";
    pub const WHERE_THEY_COME_FROM: &str =
        "They come from Tasmota's Status 4 and STATE, from block maps, and from Toit's heap reports.";
    pub const COMES_WHILE_READ: &str = "The pictures come as soon as something is found in it.";
    pub const NOT_ASKED: &str =
        "No figures yet. The board is not asked by itself: they come when it prints them.";
    pub const NONE_RECEIVED: &str = "No heap figures were received.";

    pub fn asks(interval: Millis) -> String {
        format!(
            "No figures yet. Heapscope asks the board every {}, as soon as it knows the firmware.",
            format::duration(interval)
        )
    }

    /// A figure and its exact value.
    pub fn exactly(figure: &str, value: &str) -> String {
        format!("{figure}: {value}")
    }
}

/// A report.
pub mod report {
    use crate::format;
    use crate::heap::Fit;

    pub const REPORT: &str = "Report";
    pub const NOT_YET: &str = "No report yet. It appears here as soon as the board prints one.";
    pub const NONE_IN_LOG: &str = "No block map or table in this log.";
    pub const WHAT_A_REPORT_IS: &str = "Tasmota prints a block map for Status 44, and Toit a table when memory runs out or a program asks for it.";
    pub const WHICH: &str = "Which report";
    pub const INCOMPLETE: &str = "This report is incomplete.";
    pub const EVERYTHING_ELSE: &str = "Everything else that was printed";
    pub const WHAT_THE_ROWS_MEAN: &str = "What the rows mean";
    pub const STANDS_OUT: &str = "Stands out";
    pub const OVER_TIME: &str = "Who had the memory, report by report";
    pub const WHAT_FITS: &str = "What still fits";
    pub const YES: &str = "yes";
    pub const NO: &str = "no";

    /// What is usual for a row.
    pub fn usual(usual: &str) -> String {
        format!("Usual: {usual}")
    }

    /// What is to be said of a row in this report.
    pub fn here(remark: &str) -> String {
        format!("Here: {remark}")
    }

    /// By how much a row changed.
    pub fn change(change_bytes: i64) -> String {
        format!("{} since the report before.", format::change_in_bytes(change_bytes))
    }

    pub fn fits(fit: &Fit) -> (String, String) {
        let times = match fit.times {
            0 => "not once".into(),
            1 => "once".into(),
            times => format!("{} times", format::count(times)),
        };
        (format::bytes(fit.request_bytes.into()), times)
    }

    /// How many used blocks appeared, went and stayed since the block map before, and how many bytes the first two have.
    pub fn compared(appeared: (usize, u64), gone: (usize, u64), stayed: usize) -> String {
        let blocks = crate::words::comparing::blocks(appeared, gone, stayed);
        format!("Since the block map before, {blocks}")
    }

    pub fn fetches(command: &str) -> String {
        format!("No report yet. “{command}” fetches one from the board.")
    }

    /// Which of how many, counted from 1, and when it came.
    pub fn entry(number: usize, count: usize, when: &str, is_complete: bool) -> String {
        let is_incomplete = if is_complete { "" } else { " (incomplete)" };
        format!("{number} of {count} · {when}{is_incomplete}")
    }
}

/// What stands around a block map.
pub mod block_map {
    use crate::format;

    pub const MAPS: &str = "Block maps of this recording";
    pub const PREVIOUS: &str = "The block map before";
    pub const NEXT: &str = "The next block map";
    pub const PLAY: &str = "Play the block maps";
    pub const PAUSE: &str = "Stop at this block map";
    pub const COMPARED_WITH: &str = "Compared with";
    pub const NOTHING: &str = "nothing";
    pub const BEFORE: &str = "the map before";
    pub const LAYOUT: &str = "Layout";
    pub const WOULD_IT_FIT: &str = "Would it fit?";
    pub const SIZE: &str = "Size that is asked for, in bytes";
    pub const NO_SIZE: &str = "none";
    pub const BYTES: &str = "bytes";
    pub const ASK_NOTHING: &str = "Clear";
    pub const FREE_BY_SIZE: &str = "Free blocks by size";
    pub const FIT_NOT_WHOLE: &str = "What would fit cannot be told from a map that is not whole.";
    pub const FIT_NOT_KNOWN: &str =
        "What would fit cannot be told: how this allocator rounds and chooses is not known here.";

    /// The shown map, in a list of those that it can be compared with.
    pub fn this_one(label: &str) -> String {
        format!("{label} (this one)")
    }

    /// Which of how many, counted from 1.
    pub fn place(number: usize, count: usize) -> String {
        format!("{number} of {count}")
    }

    /// A size that matters, and what it is for.
    pub fn offer(name: &str, bytes: u64) -> String {
        format!("{name}: {}", format::bytes(bytes))
    }
}

/// The log.
pub mod console {
    use crate::format;

    pub const LOG: &str = "Log";
    pub const LINES_OF_LOG: &str = "Lines of the log";
    pub const UNPLUGGED: &str = "The board is unplugged";
    pub const OPENING: &str = "The port is being opened";
    pub const NOT_CONNECTED: &str = "No board is connected";
    pub const FIGURES_HERE: &str = "Figures were read from this line";
    pub const REPORT_HERE: &str = "Part of a report";
    pub const TYPE_COMMAND: &str = "Type a command, press Enter";
    pub const COMMAND: &str = "Command for the board";
    pub const LINE_END_WHAT: &str = "What is sent behind each line";
    pub const SEND: &str = "Send";

    pub fn lines(count: u64) -> String {
        format!("{} lines", format::count(count))
    }

    pub fn new_lines(count: u64) -> String {
        match count {
            1 => "1 new line".to_owned(),
            many => format!("{} new lines", format::count(many)),
        }
    }
}

/// Whether a recording may be replaced.
pub mod replace {
    use crate::format;

    pub const QUESTION: &str = "Replace this recording?";
    pub const SAVE_FIRST: &str = "Save log first";
    pub const REPLACE: &str = "Replace";
    pub const CANCEL: &str = "Cancel";
    pub const DEMO_BOARD: &str = "the demo board";

    pub fn recording(name: &str, line_count: u64) -> String {
        format!("the recording of {name} ({} lines)", format::count(line_count))
    }

    pub fn would_replace(what: &str) -> String {
        format!("This would replace {what}.")
    }
}
