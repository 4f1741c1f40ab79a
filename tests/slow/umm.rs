//! umm_malloc's dumps and alarms, the slow way: every line becomes one letter, and a dump is a regular expression over
//! these letters. A row is exact when printing its numbers anew gives the same text.

use heapscope::dialect::{Event, EventKind, Extra, Finding, LineRange, Report, What};
use heapscope::heap::{Amount, Block, BlockKind, BlockMap, Figure, Percent};
use regex::{Captures, Regex};

use super::AT_THE_END;

/// The rows, and the lines that may stand between them.
macro_rules! table {
    () => {
        r"[0n] [ndtr\ ]* (?: [xkufmsiz] [ndtr\ ]* ){0,8}"
    };
}

type Extras = Vec<(&'static str, Extra)>;

/// See `heapscope::dialect`'s folder of the same name for the grammar.
pub fn read(lines: &[String]) -> Vec<(usize, Finding)> {
    let kinds: String = lines.iter().map(|line| kind(line)).collect();
    // 0 first row, n other row, d damaged row, t table ruler, r ruler, h old head, a alarm, x anything else;
    // e and k the totals, u f metrics, m match, s statistics' head, i a statistic, z the last of them.
    let new = regex!(concat!("(?x)", table!(), r"(?: e [kufmsir\ ]* (?: z [kufmsiz\ ]* r? )? )?"));
    let old = regex!(concat!("(?x)", table!(), r"(?: e [ufmsir\ ]* (?: k | z [ufmsiz\ ]* [rk]? )? )?"));
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(first_row) = kinds[from..].find(['0', 'n']).map(|at| at + from) {
        let above = regex!(r"[th][ d]*$").find(&kinds[..first_row]);
        let is_old = above.is_some_and(|above| above.as_str().starts_with('h'));
        let dump = if is_old { old } else { new };
        let text = dump.find_at(&kinds, first_row).unwrap().as_str();
        // A dump that is over with its last line is handed out there, any other with the next line.
        let is_over = regex!("e.*z.*r$").is_match(text) || (is_old && regex!("e.*k$").is_match(text));
        let end = first_row + text.len();
        let at = match is_over {
            true => end - 1,
            false if end == lines.len() => AT_THE_END,
            false => end,
        };
        let begin = above.map_or(first_row, |above| above.start());
        let dump = Dump::new(lines, &kinds, begin..end, is_old);
        found.extend(dump.findings().into_iter().map(|finding| (at, finding)));
        from = end;
    }
    found.extend(alarms(lines, &kinds));
    // An alarm that ends a dump comes behind it.
    found.sort_by_key(|(at, _)| *at);
    found
}

fn finding(lines: LineRange, what: What) -> Finding {
    Finding { dialect: "umm", lines, device_time: None, host_time: None, what }
}

fn kind(line: &str) -> char {
    // In the middle of a line, a row ends it.
    if line.starts_with("|0x") || (line.contains("|0x") && regex!(r"(?:\||[^!-~])$").is_match(line)) {
        return match Row::read(line) {
            Some(row) if row.b == 0 => '0',
            Some(_) => 'n',
            None => 'd',
        };
    }
    let text = line.trim();
    let kinds: [(&Regex, char); 13] = [
        (regex!(r"^$"), ' '),
        (regex!(r"^\+-*\+[+-]*[+-]$"), 't'),
        (regex!(r"^\+-*[+-]$"), 'r'),
        (regex!(r"^Dumping the umm_heap\.\.\."), 'h'),
        (regex!(r"^Total Entries +-?[0-9]+ *Used Entries +-?[0-9]+ *Free Entries +-?[0-9]+ *$"), 'e'),
        (regex!(r"^Total Blocks +-?[0-9]+ *Used Blocks +-?[0-9]+ *Free Blocks +-?[0-9]+ *$"), 'k'),
        (regex!(r"^Usage Metric: +-?[0-9]+$"), 'u'),
        (regex!(r"^Fragmentation Metric: +-?[0-9]+$"), 'f'),
        (
            regex!(
                r"^heap info Free blocks (?:and heap statistics Free blocks match\.| *-?[0-9]+ *!= heap statistics Free Blocks +-?[0-9]+)$"
            ),
            'm',
        ),
        (regex!(r"^umm heap statistics:$"), 's'),
        (
            regex!(
                r"^(?:Heap ID|Raw Free Space|Free Space|OOM Count|Low Watermark|Low Watermark ISR|MAX Alloc Request) +-?[0-9]+$"
            ),
            'i',
        ),
        (regex!(r"^Size of umm_block +-?[0-9]+$"), 'z'),
        (regex!(ALARM), 'a'),
    ];
    for (regex, kind) in kinds {
        let is_short_ruler = "tr".contains(kind) && text.len() < 20;
        // Numbers that no counter holds are damage.
        let has_numbers = "ekufmiz".contains(kind) || text.starts_with(":oom(");
        let is_absurd = has_numbers && numbers(text).is_none();
        if !is_short_ruler && regex.is_match(text) && !is_absurd {
            return kind;
        }
    }
    'x'
}

/// The numbers of a line behind its words.
fn numbers(text: &str) -> Option<Vec<i64>> {
    regex!("-?[0-9]+")
        .find_iter(text.split('@').next().unwrap())
        .map(|number| number.as_str().parse().ok())
        .collect()
}

struct Row {
    line: usize,
    address: u32,
    b: u16,
    nb: u16,
    pb: u16,
    z: i32,
    /// NF and PF.
    free: Option<(u16, u16)>,
    is_padded: bool,
    is_exact: bool,
}

impl Row {
    fn read(line: &str) -> Option<Row> {
        let text = line[line.find("|0x")?..].trim_end();
        let row = regex!(
            r"(?x) ^\|0x(?<address>[0-9a-f]{1,8})\|B\ *(?<b>[0-9]{1,5})\|NB\ *(?<nb>[0-9]{1,5})\|
              PB\ *(?<pb>[0-9]{1,5})\|Z\ *(?<z>-?[0-9]{1,10})\|
              (?: (?<padding>\ *\|) | \ *NF\ *(?<nf>[0-9]{1,5})\|PF\ *(?<pf>[0-9]{1,5})\| )?$"
        );
        let row = row.captures(text)?;
        let short = |name: &str| row[name].parse::<u16>().ok();
        let z = row["z"].parse::<i64>().ok()?;
        if z < i64::from(i32::MIN) || z > i64::from(u32::MAX) {
            return None;
        }
        let free = match row.name("nf") {
            Some(_) => Some((short("nf")?, short("pf")?)),
            None => None,
        };
        let address = u32::from_str_radix(&row["address"], 16).ok()?;
        let (b, nb, pb) = (short("b")?, short("nb")?, short("pb")?);
        let mut anew = format!("|0x{address:08x}|B {b:>5}|NB {nb:>5}|PB {pb:>5}|Z {z:>5}|");
        if let Some((nf, pf)) = free {
            anew += &format!("NF {nf:>5}|PF {pf:>5}|");
        }
        let is_padded = row.name("padding").is_some();
        if is_padded {
            anew += "                 |";
        }
        Some(Row { line: 0, address, b, nb, pb, z: z as i32, free, is_padded, is_exact: anew == text })
    }

    fn is_guard(&self) -> bool {
        self.b == 0 || self.nb == 0
    }

    fn is_free(&self) -> bool {
        self.free.is_some() && !self.is_guard()
    }
}

struct Dump {
    lines: LineRange,
    is_old: bool,
    /// At most 4096.
    rows: Vec<Row>,
    is_cut: bool,
    damaged: i64,
    /// Total, used, free.
    entries: Option<[i64; 3]>,
    blocks: Option<[i64; 3]>,
    usage: Option<i64>,
    fragmentation: Option<i64>,
    matches: bool,
    mismatch: Option<i64>,
    statistics_begin: bool,
    /// Trimmed lines of the statistics.
    statistics: Vec<String>,
    rulers_above_statistics: usize,
}

impl Dump {
    fn new(lines: &[String], kinds: &str, range: std::ops::Range<usize>, is_old: bool) -> Dump {
        let all = |letters: &str| -> Vec<usize> {
            range.clone().filter(|&at| letters.contains(kinds.as_bytes()[at] as char)).collect()
        };
        // Other lines than rows say something only behind the totals.
        let e = all("e").first().copied();
        let of = |letters: &str| {
            let tail = all(letters).into_iter().filter(|at| e.is_some_and(|e| e <= *at));
            tail.collect::<Vec<_>>()
        };
        let last_of = |letter: &str| of(letter).last().map(|&at| lines[at].trim());
        let totals = |letter: &str| {
            let all = numbers(last_of(letter)?)?;
            Some([all[0], all[1], all[2]])
        };
        let single = |letter: &str| Some(*numbers(last_of(letter)?)?.last().unwrap());
        let row = |at: &usize| Row { line: *at, ..Row::read(&lines[*at]).unwrap() };
        let mut rows: Vec<Row> = all("0n").iter().map(row).collect();
        let is_cut = rows.len() > 4096;
        rows.truncate(4096);
        let matching = last_of("m");
        let s = of("s").first().copied().unwrap_or(usize::MAX);
        // Rows count always; behind the totals everything does that is not blank.
        let telling = |at: &usize| {
            let kind = kinds.as_bytes()[*at];
            b"0nd".contains(&kind) || (e.is_some_and(|e| e <= *at) && kind != b' ')
        };
        let first_row = *all("0n").first().unwrap();
        let last = range.clone().rev().filter(|at| *at >= first_row).find(telling).unwrap();
        Dump {
            lines: LineRange { first: range.start as u64, last: last as u64 },
            is_old,
            rows,
            is_cut,
            damaged: all("d").len() as i64,
            entries: totals("e"),
            blocks: totals("k"),
            usage: single("u"),
            fragmentation: single("f"),
            matches: matching.is_some_and(|text| text.contains("match")),
            mismatch: matching
                .filter(|text| text.contains("!="))
                .map(|text| *numbers(text).unwrap().last().unwrap()),
            statistics_begin: s != usize::MAX,
            statistics: of("iz").into_iter().map(|at| lines[at].trim().to_owned()).collect(),
            rulers_above_statistics: of("r")
                .iter()
                .filter(|at| e.is_some_and(|e| e < **at) && **at < s)
                .count(),
        }
    }

    fn statistic(&self, name: &str) -> Option<i64> {
        let mut statistics =
            self.statistics.iter().map(|line| regex!("^(.*?) +(-?[0-9]+)$").captures(line).unwrap());
        statistics.find(|statistic| &statistic[1] == name)?[2].parse().ok()
    }

    fn first(&self) -> &Row {
        &self.rows[0]
    }

    fn last(&self) -> &Row {
        &self.rows[self.rows.len() - 1]
    }

    fn sum(&self, is_free: bool) -> i64 {
        let rows = self.rows.iter().filter(|row| !row.is_guard() && row.is_free() == is_free);
        rows.map(|row| i64::from(row.z)).sum()
    }

    fn count(&self, is_free: bool) -> i64 {
        self.rows.iter().filter(|row| !row.is_guard() && row.is_free() == is_free).count() as i64
    }

    fn has_metrics_or_statistics(&self) -> bool {
        self.usage.is_some()
            || self.fragmentation.is_some()
            || self.statistics_begin
            || !self.statistics.is_empty()
    }

    /// The old forms may count the last row; the header proves it, or else the sums.
    fn may_count_last(&self) -> bool {
        self.is_old || !self.has_metrics_or_statistics()
    }

    fn counted_of_last(&self) -> i64 {
        let z = (self.last().nb == 0).then(|| i64::from(self.last().z));
        if self.is_old {
            return z.unwrap_or(1);
        }
        let adds_up = |z: &i64| self.blocks.is_some_and(|[_, _, free]| free == self.sum(true) + z);
        z.filter(adds_up).filter(|_| self.may_count_last()).unwrap_or(0)
    }

    /// What was lost or changed on the way.
    fn damage(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let start = i64::from(self.first().address) - 8 * i64::from(self.first().b);
        let is_damaged = |row: &&Row| {
            !row.is_exact
                || i64::from(row.address) != start + 8 * i64::from(row.b)
                || (row.nb != 0 && row.z != i32::from(row.nb) - i32::from(row.b))
        };
        let damaged = self.rows.iter().filter(is_damaged).count() as i64 + self.damaged;
        match damaged {
            0 => {}
            1 => problems.push("1 row has lost or changed characters on the way.".into()),
            _ => problems.push(format!("{damaged} rows have lost or changed characters on the way.")),
        }
        if self.is_cut {
            problems.push("It has more than 4096 rows; the rest was left out.".into());
        }
        if self.first().b != 0 {
            problems.push("Its beginning is missing.".into());
        }
        let torn = (1..self.rows.len()).filter(|&at| self.rows[at - 1].nb != self.rows[at].b).count();
        match torn {
            _ if damaged > 0 => {}
            0 => {}
            1 => problems.push("Rows are missing in 1 place.".into()),
            _ => problems.push(format!("Rows are missing in {torn} places.")),
        }
        problems
    }

    /// What is not here, or does not agree.
    fn missing(&self) -> Vec<String> {
        let (Some(entries), Some(blocks)) = (self.entries, self.blocks) else {
            return vec!["It was cut off: the totals are missing.".into()];
        };
        let mut problems = Vec::new();
        let (seen, expected) = (self.rows.len() as i64 + self.damaged, entries[0].saturating_add(2));
        if seen != expected {
            problems.push(format!("{seen} of {expected} rows are here."));
        } else {
            let free = self.sum(true) + self.counted_of_last();
            let is_right = self.first().b == 0
                && self.last().nb == 0
                && entries == [seen - 2, self.count(false), self.count(true)]
                && blocks[1..] == [self.sum(false), free]
                && blocks[0] == blocks[1].saturating_add(blocks[2]);
            if !is_right {
                problems.push("The rows do not add up to the totals below them.".into());
            }
        }
        let expected_usage = if blocks[2] == 0 { -1 } else { usage(blocks).unwrap_or(-1) };
        if !self.has_whole_tail(blocks[2]) {
            problems.push("A line is missing below the totals.".into());
        } else if self.usage.is_some_and(|usage| usage != expected_usage) {
            problems.push("A number below the totals does not agree with them.".into());
        }
        problems
    }

    fn has_whole_tail(&self, free_blocks: i64) -> bool {
        if self.is_old {
            return true;
        }
        let rulers = self.rulers_above_statistics;
        let (usage, fragmentation) = (self.usage.is_some(), self.fragmentation.is_some());
        if !self.has_metrics_or_statistics() {
            return rulers == 1 && self.counted_of_last() > 0;
        }
        let has = |name: &str| self.statistic(name).is_some();
        if !self.statistics_begin && !has("OOM Count") && !has("Size of umm_block") {
            let is_upstream = self.rows.iter().all(|row| row.is_padded || row.free.is_some());
            return usage && fragmentation && is_upstream && rulers == 2;
        }
        let full = ["Low Watermark", "Low Watermark ISR", "MAX Alloc Request"].map(has);
        let free_space = self.statistic("Raw Free Space").or(self.statistic("Free Space"));
        let has_match = self.matches || self.mismatch.is_some();
        usage == fragmentation
            && self.statistics_begin
            && has("OOM Count")
            && has("Size of umm_block")
            && (full == [true; 3] || full == [false; 3])
            && free_space == Some(self.mismatch.unwrap_or(free_blocks).saturating_mul(8))
            && rulers == 1 + usize::from(usage) + usize::from(has_match)
    }

    fn findings(&self) -> Vec<Finding> {
        let mut problems = self.damage();
        let is_intact = problems.is_empty();
        problems.extend(self.missing());
        let complete = problems.is_empty();
        if let (Some(counted), Some([_, _, free])) = (self.mismatch, self.blocks) {
            problems
                .push(format!("The allocator counted {counted} free blocks, but {free} are in its list."));
        }
        let mut broken = None;
        if is_intact {
            broken = self.broken_chain();
        }
        if complete && broken.is_none() {
            broken = self.broken_list();
        }
        if let Some((_, event)) = &broken {
            problems.push(event.text.clone());
        }
        // Where the chain of blocks leaves the heap, the rows do not show all of it.
        let hides = |text: &str| regex!("the next block|is the last|no next block").is_match(text);
        let complete = complete && !broken.as_ref().is_some_and(|(_, event)| hides(&event.text));
        let mut findings = vec![finding(self.lines, What::Report(Box::new(self.report(complete, problems))))];
        if let Some((line, event)) = broken {
            findings.push(finding(LineRange::one(line as u64), What::Event(event)));
        }
        findings
    }

    fn region(&self) -> Option<(&'static str, u32)> {
        if self.first().b != 0 {
            return None;
        }
        region(self.first().address)
    }

    fn report(&self, complete: bool, problems: Vec<String>) -> Report {
        let elsewhere = self.region().map(|(name, _)| name).filter(|name| *name != "data RAM");
        let title = match elsewhere {
            Some(name) => format!("Block map of {name} (umm_malloc)"),
            None => "Block map (umm_malloc)".into(),
        };
        let has_inline_metrics =
            self.statistics_begin && !self.matches && self.mismatch.is_none() && self.fragmentation.is_some();
        let mut report = Report::new("umm_dump", title);
        report.complete = complete;
        report.problems = problems;
        report.is_main_heap = self.statistic("Heap ID").unwrap_or(0) == 0 && elsewhere.is_none();
        report.clears_oom_count = has_inline_metrics;
        report.blocks = BlockMap::new(self.rows.iter().filter_map(|row| self.block(row)).collect());
        let mut extras: Extras = Vec::new();
        let number = |value: i64| Extra::Number(value);
        let text = |value: &str| Extra::Text(value.into());

        // The old forms count the last row as one block, which nobody can have.
        let uncounted = i64::from(self.counted_of_last() == 1);
        let blocks = self.blocks.map(|[total, used, free]| {
            [total.saturating_sub(uncounted), used, free.saturating_sub(uncounted)]
        });
        if let Some([total, used, free]) = blocks {
            let big = |blocks: i64| {
                u64::try_from(blocks).ok().map(|blocks| Amount::exact(blocks.saturating_mul(8)))
            };
            report.figures.set_known(Figure::Free, big(free));
            report.figures.set_known(Figure::Total, big(total));
            report.figures.set_known(Figure::Used, big(used));
            extras.push(("total_blocks", number(total)));
            extras.push(("used_blocks", number(used)));
            extras.push(("free_blocks", number(free)));
        }
        let mut set = |figure, value: Option<i64>| {
            let value = value.and_then(|value| u64::try_from(value).ok());
            report.figures.set_known(figure, value.map(Amount::exact));
        };
        let free: Vec<i64> = report.blocks.free().map(|block| i64::from(block.size_bytes)).collect();
        let largest = free.iter().copied().max();
        if complete {
            let largest = largest.unwrap_or(0);
            set(Figure::LargestFreeBlock, Some(largest));
            extras.push(("largest_malloc_bytes", number((largest - 4).max(0))));
            let percent =
                Percent::fragmentation_by_largest_block(free.iter().sum::<i64>() as u64, largest as u64);
            extras
                .extend(percent.map(|percent| ("fragmentation_by_largest_block_percent", number(percent.0))));
            let squares: i64 = free.iter().map(|bytes| (bytes / 8) * (bytes / 8)).sum();
            let sum: i64 = free.iter().map(|bytes| bytes / 8).sum();
            let metric = if sum == 0 { 0 } else { (100 - squares.isqrt() * 100 / sum).max(0) };
            set(Figure::FragmentationL2, Some(metric));
        } else {
            extras.extend(largest.map(|largest| ("largest_free_block_seen_bytes", number(largest))));
            set(Figure::FragmentationL2, self.fragmentation);
        }
        set(Figure::UsageMetric, self.usage.or_else(|| usage(blocks?)));
        if let Some([total, used, free]) = self.entries {
            set(Figure::Allocations, Some(used));
            extras.push(("total_entries", number(total)));
            extras.push(("used_entries", number(used)));
            extras.push(("free_entries", number(free)));
        }
        match self.statistic("OOM Count") {
            Some(0) if has_inline_metrics => extras.push(("oom_count_printed", number(0))),
            count => set(Figure::OomCount, count),
        }
        set(Figure::LowWaterMark, self.statistic("Low Watermark"));
        set(Figure::LowWaterMarkIsr, self.statistic("Low Watermark ISR"));
        set(Figure::LargestRequest, self.statistic("MAX Alloc Request"));
        let free_space = self.statistic("Raw Free Space").or(self.statistic("Free Space"));
        for (name, value) in [
            ("heap_id", self.statistic("Heap ID")),
            ("size_of_umm_block_bytes", self.statistic("Size of umm_block")),
            ("raw_free_space_bytes", free_space),
            ("free_blocks_counted", self.mismatch),
        ] {
            extras.extend(value.map(|value| (name, number(value))));
        }
        if has_inline_metrics {
            extras.push(("has_inline_metrics", Extra::Flag(true)));
        }
        if self.statistic("Low Watermark").is_some() {
            extras.push(("has_full_statistics", Extra::Flag(true)));
        }
        if self.first().b == 0 {
            extras.push(("heap_start_address", address(self.first().address)));
        }
        if self.last().nb == 0 {
            let rest = if self.may_count_last() { self.last().z.max(1) as u32 } else { 1 };
            extras.push((
                "heap_end_address",
                address(self.last().address.saturating_add(rest.saturating_mul(8))),
            ));
        }
        extras.extend(self.region().map(|(name, _)| ("heap", text(name))));
        extras.extend(self.core(complete).map(|core| ("core", text(core))));
        report.extras = extras;
        report
    }

    fn block(&self, row: &Row) -> Option<Block> {
        let kind = if row.nb == 0 && row.z > 1 && self.may_count_last() {
            BlockKind::Free
        } else if row.is_guard() {
            BlockKind::Guard
        } else if row.is_free() {
            BlockKind::Free
        } else {
            BlockKind::Used
        };
        let size_bytes = i64::from(row.z) * 8;
        let address = i64::from(row.address);
        let (begin, end) = match self.region() {
            Some((name, end)) => (region_begin(name), i64::from(end)),
            None => (0, i64::from(u32::MAX)),
        };
        let is_inside = size_bytes >= 0 && address >= begin && address + size_bytes <= end;
        is_inside.then(|| Block {
            address: row.address,
            size_bytes: size_bytes as u32,
            kind,
            index: row.b.into(),
        })
    }

    fn core(&self, complete: bool) -> Option<&'static str> {
        let has = |name: &str| self.statistics.iter().any(|line| line.starts_with(name));
        let last_heap_id = self.statistics.iter().rfind(|line| line.starts_with("Heap ID"));
        let last_row = (self.last().nb == 0).then(|| self.last().z);
        if has("Raw") {
            return Some("2.7.0 to 2.7.8");
        }
        match last_heap_id.map(String::len) {
            Some(23) => return Some("3.0"),
            Some(25) => return Some("3.1 and later"),
            _ => {}
        }
        match (self.is_old, last_row) {
            (true, None) => None,
            (true, Some(..=1)) => Some("2.5.2 and before"),
            (true, Some(_)) => Some("original umm_malloc"),
            _ if !complete => None,
            _ if !self.has_metrics_or_statistics() => Some("original umm_malloc"),
            _ if has("Free Space") && self.usage.is_none() => Some("2.6"),
            _ => self.rows.iter().any(|row| row.is_padded).then_some("upstream umm_malloc"),
        }
    }

    /// The fault, and what is known of the block at this place among the rows.
    fn event(&self, at: usize, fault: String, mut extras: Extras) -> Option<(usize, Event)> {
        let mut text = format!("The heap is corrupted: {fault}.");
        if at > 0 {
            let row = &self.rows[at - 1];
            text += &format!(" Block {} at 0x{:08x} stands before it.", row.b, row.address);
            extras.push(("previous_block", Extra::Number(row.b.into())));
            extras.push(("previous_address", address(row.address)));
        }
        if at + 1 < self.rows.len() {
            let row = &self.rows[at + 1];
            extras.push(("next_block", Extra::Number(row.b.into())));
            extras.push(("next_address", address(row.address)));
        }
        let mut event = Event::new(EventKind::HeapCorrupted, text);
        event.extras = extras;
        Some((self.rows[at].line, event))
    }

    fn named(&self, at: usize) -> String {
        format!("block {} at 0x{:08x}", self.rows[at].b, self.rows[at].address)
    }

    fn link(&self, at: usize, link: &str, found: u16, expected: Option<u16>) -> Extras {
        let mut extras: Extras = vec![("address", address(self.rows[at].address))];
        extras.extend(link_extras(self.rows[at].b.into(), link, found.into(), expected.map(i64::from)));
        extras
    }

    fn broken_chain(&self) -> Option<(usize, Event)> {
        let end = region(self.first().address).map(|(_, end)| end);
        for at in 1..self.rows.len() {
            let (row, next) = (&self.rows[at - 1], &self.rows[at]);
            if next.b <= row.b || end.is_some_and(|end| next.address >= end) {
                let (name, found) = (self.named(at - 1), with_text(row.nb));
                let fault = format!("{name} names {found} as the next block, which lies outside the heap");
                return self.event(at - 1, fault, self.link(at - 1, "NB", row.nb, None));
            }
            if next.pb != row.b {
                let (name, found) = (self.named(at), with_text(next.pb));
                let fault =
                    format!("{name} names {found} as the block before it, but {} stands there", row.b);
                return self.event(at, fault, self.link(at, "PB", next.pb, Some(row.b)));
            }
            if row.is_free() && next.is_free() {
                let name = self.named(at - 1);
                let fault =
                    format!("{name} and the one behind it are both free, which the allocator never leaves");
                let extras = vec![("address", address(row.address)), ("block", Extra::Number(row.b.into()))];
                return self.event(at - 1, fault, extras);
            }
        }
        let (at, last) = (self.rows.len() - 1, self.last());
        if last.nb == 0 && last.z < 1 {
            let fault = format!("{} is the last, but lies outside the heap", self.named(at));
            let extras = vec![("address", address(last.address)), ("block", Extra::Number(last.b.into()))];
            return self.event(at, fault, extras);
        }
        if last.nb == 0 && last.z > 1 && !self.may_count_last() {
            let fault = format!(
                "{} names no next block, but {} blocks of the heap lie behind it",
                self.named(at),
                last.z - 1
            );
            return self.event(at, fault, self.link(at, "NB", 0, None));
        }
        None
    }

    /// Follows NF from the first row through a dump in which everything else is right.
    fn broken_list(&self) -> Option<(usize, Event)> {
        let (mut at, mut visited) = (0, Vec::new());
        loop {
            let next = self.rows[at].free.unwrap_or((0, 0)).0;
            if next == 0 {
                break;
            }
            let previous = self.rows[at].b;
            let place = (0..self.rows.len()).find(|&place| self.rows[place].b == next);
            let Some(place) = place.filter(|place| self.rows[*place].is_free() && !visited.contains(place))
            else {
                let backs = self.rows.iter().filter(|row| row.is_free() && row.free.unwrap().1 == previous);
                let backs: Vec<u16> = backs.map(|row| row.b).collect();
                let expected = (backs.len() == 1).then(|| backs[0]);
                let (name, found) = (self.named(at), with_text(next));
                let fault = format!("{name} names {found} as the next free one, which is none");
                return self.event(at, fault, self.link(at, "NF", next, expected));
            };
            at = place;
            let back = self.rows[at].free.unwrap().1;
            if back != previous {
                let (name, found) = (self.named(at), with_text(back));
                let fault = format!("free {name} names {found} as the free one before it, not {previous}");
                return self.event(at, fault, self.link(at, "PF", back, Some(previous)));
            }
            visited.push(at);
        }
        let left = self.count(true) - visited.len() as i64;
        let text = format!("The heap is corrupted: the list of free blocks leaves out {left} of them.");
        let mut event = Event::new(EventKind::HeapCorrupted, text);
        event.extras.push(("left_out_blocks", Extra::Number(left)));
        (left > 0).then(|| (self.rows[at].line, event))
    }
}

fn region_begin(name: &str) -> i64 {
    match name {
        "data RAM" => 0x3ffe_8000,
        "instruction RAM" => 0x4010_0000,
        _ => 0x1000_0000,
    }
}

/// The heap's name, and the address behind it.
fn region(address: u32) -> Option<(&'static str, u32)> {
    match address {
        0x3ffe_8000..0x4000_0000 => Some(("data RAM", 0x4000_0000)),
        0x4010_0000..0x4011_0000 => Some(("instruction RAM", 0x4011_0000)),
        0x1000_0000..0x1080_0000 => Some(("external RAM", 0x1080_0000)),
        _ => None,
    }
}

fn address(address: u32) -> Extra {
    Extra::Text(format!("0x{address:08x}"))
}

fn usage([_, used, free]: [i64; 3]) -> Option<i64> {
    used.checked_mul(100)?.checked_div(free)
}

/// Two printable characters, the low byte first.
fn text_of(found: i64) -> Option<String> {
    let found = u16::try_from(found).ok()?;
    let text = String::from_utf8(vec![(found & 255) as u8, (found >> 8) as u8]).ok()?;
    regex!("^[ -~]{2}$").is_match(&text).then_some(text)
}

fn with_text(found: u16) -> String {
    match text_of(found.into()) {
        Some(text) => format!("{found} (\"{text}\")"),
        None => found.to_string(),
    }
}

fn link_extras(block: i64, link: &str, found: i64, expected: Option<i64>) -> Extras {
    let mut extras: Extras = vec![
        ("block", Extra::Number(block)),
        ("link", Extra::Text(link.into())),
        ("found", Extra::Number(found)),
    ];
    extras.extend(expected.map(|expected| ("expected", Extra::Number(expected))));
    extras.extend(text_of(found).map(|text| ("found_as_text", Extra::Text(text))));
    extras
}

const ALARM: &str = r"(?x) ^(?:
    No\ poison\ (?:before|after)\ block\ at:[\ ]
  | there\ is\ no\ poison\ (?:before|after)\ the\ block\.
  | heap\ integrity\ broken:[\ ]
  | check_poison_block\ is\ called\ for\ free\ block\ 0x[0-9a-f]{1,8}(?:[^0-9a-f]|$)
  | Pointer\ (?:0x)?[0-9a-f]{1,8}\ is\ not\ a\ Heap\ address\.*$
  | Heap\ Corruption!
  | :oom\(-?[0-9]+\)@
)";

fn alarms(lines: &[String], kinds: &str) -> Vec<(usize, Finding)> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| kinds.as_bytes()[*at] == b'a') {
        let text = line.trim();
        let is_integrity = |line: &String| kind(line) == 'a' && line.trim().starts_with("heap integrity");
        let mut event = Event::new(EventKind::HeapCorrupted, text);
        let mut range = LineRange::one(at as u64);
        let mut certain = at;
        if text.starts_with("Heap Corruption!") {
            if at > 0 && is_integrity(&lines[at - 1]) {
                continue;
            }
            event.text = "Heap Corruption!".into();
        } else if let Some(oom) = regex!(r"^:oom\((-?[0-9]+)\)@(.*)$").captures(text) {
            event.kind = EventKind::OutOfMemory;
            event.text = format!("An allocation of {} bytes failed", oom[1].parse::<i64>().unwrap());
            event.extras.push(("requested_bytes", Extra::Number(oom[1].parse().unwrap())));
            if !["", "?"].contains(&&oom[2]) {
                event.extras.push(("place", Extra::Text(oom[2].into())));
            }
        } else if text.starts_with("heap integrity") {
            event.extras = integrity(text);
        } else {
            event.extras = poison(text);
        }
        if text.starts_with("there is no poison") {
            certain = if at + 1 < lines.len() { at + 1 } else { AT_THE_END };
            let next = lines.get(at + 1).map_or("", |line| line.trim());
            if let Some(start) = regex!(r"^block start: ([0-9a-f]+)$").captures(next)
                && let Some(start) = parsed_address(&start[1])
            {
                event.extras.push(("block_start_address", start));
                range.last += 1;
            }
        }
        found.push((certain, finding(range, What::Event(event))));
    }
    found
}

fn parsed_address(digits: &str) -> Option<Extra> {
    (digits.len() <= 8).then(|| address(u32::from_str_radix(digits, 16).unwrap()))
}

fn poison(text: &str) -> Extras {
    let form = regex!(
        r"(?x) ^(?: No\ poison\ (?<a>before|after)\ block\ at:\ | there\ is\ no\ poison\ (?<b>before|after)\ the\ block\. )
          (?:\ Expected\ poison\ address:\ )?
          (?: 0x(?<address>[0-9a-f]+) (?: ,\ actual\ data:(?<data>(?:\ 0x[0-9a-f]{2}){0,16}) )? )?"
    );
    let Some(captures) = form.captures(text) else {
        let address = regex!("(?:^Pointer (?:0x)?|0x)([0-9a-f]+)").captures(text).unwrap();
        return vec![("address", parsed_address(&address[1]).unwrap())];
    };
    let side = captures.name("a").or(captures.name("b")).unwrap().as_str();
    let mut extras: Extras = vec![("where", Extra::Text(side.into()))];
    if let Some(address) = captures.name("address").and_then(|digits| parsed_address(digits.as_str())) {
        extras.push(("address", address));
        let data: Vec<String> = captures
            .name("data")
            .map_or("", |data| data.as_str())
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if !data.is_empty() {
            let bytes: Vec<u8> =
                data.iter().map(|byte| u8::from_str_radix(&byte[2..], 16).unwrap()).collect();
            extras.push(("actual_data", Extra::List(data)));
            if bytes.iter().all(|byte| (0x20..0x7f).contains(byte)) {
                extras.push(("found_as_text", Extra::Text(String::from_utf8(bytes).unwrap())));
            }
        }
    }
    extras
}

fn integrity(text: &str) -> Extras {
    let number = |captures: &Captures, at: usize| captures[at].parse::<i64>().ok();
    let read = || -> Option<Extras> {
        let text = text.strip_prefix("heap integrity broken: ").unwrap_or("");
        let too_large = regex!(
            r"^too large next (free|block) num: (-?[0-9]+) \(in block (-?[0-9]+), addr 0x([0-9a-f]+)\)$"
        );
        let before = regex!(
            r"^(next) block (-?[0-9]+) is before prev this one \(in block (-?[0-9]+), addr 0x([0-9a-f]+)\)$"
        );
        if let Some(captures) = too_large.captures(text).or_else(|| before.captures(text)) {
            let link = if &captures[1] == "free" { "NF" } else { "NB" };
            let mut extras = vec![("address", parsed_address(&captures[4])?)];
            extras.extend(link_extras(number(&captures, 3)?, link, number(&captures, 2)?, None));
            return Some(extras);
        }
        let differ = regex!(
            r"^(free|block) links don't match: (-?[0-9]+) -> (-?[0-9]+), but (-?[0-9]+) -> (-?[0-9]+)$"
        );
        if let Some(captures) = differ.captures(text) {
            let link = if &captures[1] == "free" { "PF" } else { "PB" };
            let expected = number(&captures, 2);
            number(&captures, 3)?;
            return Some(link_extras(number(&captures, 4)?, link, number(&captures, 5)?, Some(expected?)));
        }
        let mask = regex!(r"^mask wrong at addr 0x([0-9a-f]+): n=0x").captures(text)?;
        Some(vec![("address", parsed_address(&mask[1])?)])
    };
    read().unwrap_or_default()
}
