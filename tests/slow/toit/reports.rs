//! Reports in Toit's log: tables, pages, the early report, histograms.

use heapscope::dialect::{Extra, Finding, Report, What};
use heapscope::heap::{Amount, Category, Figure, Figures, Page, PageUse};
use regex::Captures;

use super::{Extent, Found, Is, Log, extent, finding, kept, marker, number, patterns};

patterns! {
    BAR = "^BAR";
    LAST_BAR = "BAR$";
    TRAILING = "_$";
    ROW = "^BAR_N(_)BAR_N(_)BAR(_)(.*)$";
    BARE = "^N bytes  *N allocs  *([^ ].*)$";
    TOTAL = r"^Total: N bytes in N allocations(?: \(N%\))?(?:, largest free Nk, total free Nk)?(.*)$";
    DIGIT = "[0-9]";
    WORD = "[0-9A-Za-z]";
    HEAD = r"^BAR_Page:_BAR_Largest free = N(?:[^0-9].*)?$";
    OLD_HEAD = r"^BAR_HEX_BAR_Largest free = N(?:[^0-9].*)?$";
    ADDRESS = "^BAR_HEX";
    UNREPORTED = r"^N unreported pages, hit limit of N(?:[^0-9].*)?$";
    OLD_UNREPORTED = r"^BAR_N_BAR_Unreported pages, hit limit of N(?:[^0-9].*)?$";
    INDENTED = "^BAR_(.*)$";
    EARLY_ROW = "^(.*?): (.*)$";
    EARLY_FIGURES = "^ *N bytes  *N allocations$";
    EARLY_PAGE = "^HEX: largest free N$";
    EARLY_PAGE_ROW = "^Nbytes  *N allocations  *([^ ].*)$";
    OBJECTS = r"^Object(?:(?:s|(?<old> heap histogram))(?: for (?<decoded>.*))?|s @ (?<machine>.*)):$";
    OBJECT = "^BAR_N_BAR_(?:Nk_)?Nb?_BAR_(.*)$";
    OBJECT_TOTAL = "^BAR_(?:Nk_)?Nb?_BAR_(.*)$";
    MACHINE_TOTAL = "^Total: N bytes in N objects$";
    HEADING = "^BAR_Count_BAR_Bytes_BAR_(Class.*)$";
    SOME_NUMBER = "^N$";
    BLANKS = "^_";
    EVER = "^(?:misc|external byte array|external string|free|lwip|heap overhead|unknown|event source|wifi)$";
    OLD = "^(?:bignum|other threads|thread spawn|null tag)$";
    NEW = "^(?:tls/bignum|thread/other|thread/spawn|untagged)$";
    WITH_PROCESSES = "^(?:toit processes|heap metadata|spare new-space)$";
    COLLECTOR = "^(?:GC heap metadata|Spare new-space)$";
    DRAFT_PROCESS = "^process  *N UUID$";
    PROCESS = "^(?:system|current|other)  *N UUID$";
    OLD_PROCESS = "^process  *HEX$";
    SAID = "^out of memory in (?:primitive|'(?:allocate instance|stack grow|pushing error|gc a lot)') N:N?$";
    SAID_CUT = "^out of memory in '(?:allocate instance|pushing error|gc a lot)' N$";
}

/// Finds all reports, in order.
pub(super) fn read(log: &Log<'_>, found: &mut Found) {
    let mut at = 0;
    while at < log.lines.len() {
        let line = log.lines[at];
        let read = if super::boot(line).is_some() {
            None
        } else if let Some(marker) = marker(line) {
            Some(table(log, at, Some(marker)))
        } else if line == "HEAP REPORT:" {
            Some(early(log, at))
        } else if OBJECTS.is_match(line) {
            Some(objects(log, at))
        } else if head(line).is_some() {
            Some(pages(log, at))
        } else if row(line).is_some() || bare(line).is_some() {
            Some(table(log, at, None))
        } else {
            None
        };
        let Some((extent, report)) = read else {
            at += 1;
            continue;
        };
        if let Some(Finding { what, .. }) = report {
            let first = at.min(extent.parts.first().copied().unwrap_or(at));
            let last = extent.parts.last().copied().unwrap_or(at).max(at);
            found.push((extent.certain, 0, finding(first, last, what)));
        }
        at = extent.next.max(at + usize::from(extent.next <= at));
    }
}

type Read = (Extent, Option<Finding>);

/// Lines that begin a report whatever is open.
fn begins_any(line: &str) -> bool {
    marker(line).is_some() || line == "HEAP REPORT:" || OBJECTS.is_match(line)
}

fn has_bar(line: &str) -> bool {
    BAR.is_match(line)
}

fn is_ruler(line: &str) -> bool {
    !WORD.is_match(line)
}

/// The name in front of the last bar.
fn name(cell: &str) -> Option<String> {
    let bar = LAST_BAR.find(cell)?;
    let name = TRAILING.replace(&cell[..bar.start()], "").into_owned();
    (!name.is_empty() && name.len() <= 100 && !name.contains(['|', '│'])).then_some(name)
}

/// Two numbers, a name; the blanks behind both numbers and before the name.
fn row(line: &str) -> Option<(u64, u64, String, [usize; 3])> {
    let found = ROW.captures(line)?;
    let blanks = |place: usize| found[place].chars().count();
    Some((number(&found[1]), number(&found[3]), name(&found[6])?, [blanks(2), blanks(4), blanks(5)]))
}

fn bare(line: &str) -> Option<(u64, u64, String)> {
    let found = BARE.captures(line)?;
    (found[3].len() <= 100).then(|| (number(&found[1]), number(&found[2]), found[3].to_owned()))
}

/// The last line: with a percentage, or with what is free.
fn total(line: &str) -> Option<Captures<'_>> {
    TOTAL.captures(line).filter(|total| total.get(3).or(total.get(4)).is_some())
}

/// What the name of a row shows: its layouts, and whether such a row is a part of another.
fn layouts_of(name: &str) -> Option<(&'static [&'static str], bool)> {
    const ALL: &[&str] = &["L1", "L2", "L3", "L3b", "L4", "L5"];
    if EVER.is_match(name) {
        Some((ALL, false))
    } else if OLD.is_match(name) {
        Some((&["L1"], false))
    } else if NEW.is_match(name) {
        Some((&["L2", "L3", "L3b", "L4", "L5"], false))
    } else if name == "toit" {
        Some((&["L1", "L2", "L3", "L3b"], false))
    } else if name == "unused" {
        Some((&["L1", "L2"], false))
    } else if WITH_PROCESSES.is_match(name) {
        Some((&["L4", "L5"], false))
    } else if COLLECTOR.is_match(name) {
        Some((&["L3", "L3b"], true))
    } else if DRAFT_PROCESS.is_match(name) {
        Some((&["L3b"], true))
    } else if PROCESS.is_match(name) {
        Some((&["L4", "L5"], true))
    } else {
        u32::from_str_radix(&OLD_PROCESS.captures(name)?[1], 16).ok()?;
        Some((&["L3"], true))
    }
}

fn table(log: &Log<'_>, at: usize, start: Option<Option<String>>) -> Read {
    let mut rows = 0;
    let mut kind = |line: &str| {
        if total(line).is_some() {
            Is::End
        } else if row(line).is_some() || !has_bar(line) && bare(line).is_some() {
            rows += 1;
            if rows == 100 { Is::End } else { Is::Part }
        } else if has_bar(line) && DIGIT.is_match(line) {
            Is::Part
        } else if has_bar(line) || is_ruler(line) {
            Is::Idle
        } else {
            Is::Foreign
        }
    };
    let begins = |line: &str| begins_any(line) || head(line).is_some();
    let from = at + usize::from(start.is_some());
    let patience = if start.is_some() { 50 } else { 10 };
    let extent = extent(log, from, patience, &begins, &mut kind);
    let report = table_report(log, &extent, start);
    (extent, report.map(|report| finding(at, at, What::Report(report.into()))))
}

fn table_report(log: &Log<'_>, extent: &Extent, start: Option<Option<String>>) -> Option<Report> {
    let lines: Vec<&str> = extent.parts.iter().map(|&at| log.lines[at]).collect();
    let total = lines.iter().find_map(|line| total(line));
    let boxed: Vec<_> = lines.iter().filter_map(|line| row(line)).collect();
    let is_bare = lines.iter().any(|line| bare(line).is_some());
    let mut rows: Vec<Category> = Vec::new();
    for line in &lines {
        let (bytes, count, name, is_part_of_previous) = match (row(line), bare(line)) {
            (Some((bytes, count, name, [after_bytes, _, before_name])), _) => {
                let is_part = layouts_of(&name).is_some_and(|(_, is_part)| is_part);
                (bytes, count, name, is_part || after_bytes == 1 && before_name > 2)
            }
            (None, Some((bytes, count, name))) => (bytes, count, name, false),
            (None, None) => continue,
        };
        rows.push(Category { name: name.into(), bytes, count, is_part_of_previous });
    }
    let damaged = lines.len() - rows.len() - usize::from(total.is_some());
    let is_known = rows.iter().any(|row| layouts_of(&row.name).is_some());
    match (&total, &start) {
        (None, None) => return None,
        (None, Some(_)) | (Some(_), None) if !is_known => return None,
        _ => {}
    }

    let mut problems = Vec::new();
    if start.is_none() {
        problems.push("Its beginning is missing.".to_owned());
    }
    if damaged > 0 {
        problems.push(format!("{damaged} of its rows cannot be read."));
    }
    let tops: Vec<_> = rows.iter().filter(|row| !row.is_part_of_previous).collect();
    let sum = |numbers: Vec<u64>| u64::try_from(numbers.into_iter().map(u128::from).sum::<u128>()).unwrap();
    let bytes = sum(tops.iter().map(|row| row.bytes).collect());
    let uncounted = ["heap overhead", "heap metadata", "spare new-space"];
    let counted = tops.iter().filter(|row| is_bare || !uncounted.contains(&row.name.as_ref()));
    let allocations = sum(counted.map(|row| row.count).collect());
    let mut agrees = false;
    match &total {
        None => problems.push("It was cut off: the total is missing.".into()),
        Some(total) if number(&total[1]) != bytes => {
            problems.push(format!("Its rows have {bytes} bytes, its total says {}.", number(&total[1])));
        }
        Some(total) if number(&total[2]) != allocations => {
            problems.push(format!(
                "Its rows have {allocations} allocations, its total says {}.",
                number(&total[2])
            ));
        }
        Some(_) => agrees = true,
    }
    if let Some(part) = rows.iter().position(|row| row.is_part_of_previous) {
        let end =
            rows[part..].iter().position(|row| !row.is_part_of_previous).map_or(rows.len(), |at| part + at);
        if part == 0 {
            problems.push("The row that its first rows are parts of is missing.".into());
        } else {
            let whole = &rows[part - 1];
            let parts = sum(rows[part..end].iter().map(|row| row.bytes).collect());
            let must_be_all = whole.name == "toit processes" && end - part < 10 && end < rows.len();
            if parts > whole.bytes || must_be_all && parts != whole.bytes {
                let row = &whole.name;
                problems
                    .push(format!("The parts of {row} have {parts} bytes, its row says {}.", whole.bytes));
            }
        }
    }
    let mut figures = Figures::default();
    let mut is_whole = false;
    if let Some(total) = &total {
        let group = |place| total.get(place).map(|text: regex::Match<'_>| number(text.as_str()));
        let (used, percent, largest, free) = (number(&total[1]), group(3), group(4), group(5));
        figures.set(Figure::Used, Amount::exact(used));
        figures.set(Figure::Allocations, Amount::exact(number(&total[2])));
        figures.set_known(Figure::UsedPercent, percent.map(Amount::exact));
        figures.set_known(Figure::LargestFreeBlock, largest.map(Amount::kib_truncated));
        figures.set_known(Figure::Free, free.map(Amount::kib_truncated));
        is_whole = total[6].is_empty();
        if !is_whole {
            problems.push("Its last line is damaged.".into());
        }
        if let (Some(largest), Some(free)) = (largest, free) {
            let percent_of = |free: u64| {
                let capacity = u128::from(used) + u128::from(free) * 1024;
                (u128::from(used) * 100).checked_div(capacity).unwrap_or(0)
            };
            let (least, most) = (percent_of(free + 1), percent_of(free));
            if largest > free {
                problems.push(format!(
                    "Its largest free block has {largest} KB, more than the {free} KB that are free."
                ));
            } else if let Some(percent) = percent.map(u128::from)
                && (percent + 2 < least || percent > most + 2)
            {
                problems.push(format!("It says that {percent} % are used, but its bytes are {most} %."));
            }
        }
    }

    let marker = start.clone().flatten();
    let mut extras = Vec::new();
    let mut text = |name, text: &str| extras.push((name, Extra::Text(text.to_owned())));
    if let Some(marker) = &marker {
        text("marker", marker);
    }
    if let Some((layout, releases)) =
        layout(&rows, &boxed, is_bare, total.filter(|_| is_whole), agrees, &marker)
    {
        text("layout", &layout);
        text("releases", &releases);
    }
    if let Some(version) = log.version(extent.certain) {
        text("sdk_version", &version);
    }
    let metadata = rows.iter().find(|row| row.name == "heap metadata" || row.name == "GC heap metadata");
    let covers = match metadata.map(|row| row.bytes) {
        Some(bytes) if bytes > 100_000 => Some("psram"),
        Some(_) => Some("internal"),
        None => log.has_heap_in_psram(extent.certain).then_some("psram"),
    };
    if let Some(covers) = covers {
        text("covers", covers);
    }
    let megabytes = metadata.and_then(|row| match row.bytes {
        167_936 => Some(2),
        335_872 => Some(4),
        667_648 => Some(8),
        1_331_200 => Some(16),
        2_662_400 => Some(32),
        _ => None,
    });
    extras.extend(megabytes.map(|megabytes| ("psram_bytes", Extra::Number(megabytes * 1_048_576))));
    let untagged = rows.iter().filter(|row| row.name == "untagged" || row.name == "null tag").count();
    let overhead = rows.iter().filter(|row| row.name == "heap overhead").count();
    if untagged > 0 && untagged + overhead == rows.len() {
        extras.push(("attributes_nothing", Extra::Flag(true)));
    }
    let title = match &marker {
        Some(marker) => format!("Toit heap report: {marker}"),
        None => "Toit heap report".to_owned(),
    };
    Some(Report {
        complete: problems.is_empty(),
        problems,
        figures,
        categories: rows,
        is_main_heap: covers != Some("psram"),
        extras,
        ..Report::new("heap_report", title)
    })
}

/// Rules out one layout after the other.
fn layout(
    rows: &[Category],
    boxed: &[(u64, u64, String, [usize; 3])],
    is_bare: bool,
    total: Option<Captures<'_>>,
    agrees: bool,
    marker: &Option<String>,
) -> Option<(String, String)> {
    if is_bare {
        return Some(("EC618".into(), "an unmerged branch for the EC618".into()));
    }
    let mut left = vec!["L1", "L2", "L3", "L3b", "L4", "L5"];
    let mut keep = |layouts: &[&str]| left.retain(|layout| layouts.contains(layout));
    for row in rows {
        if let Some((layouts, is_part)) = layouts_of(&row.name)
            && (is_part || !row.is_part_of_previous)
        {
            keep(layouts);
        }
    }
    if let Some(total) = total {
        match (total.get(3), total.get(4)) {
            (None, _) => return None,
            (_, None) => keep(&["L1"]),
            _ => keep(&["L2", "L3", "L3b", "L4", "L5"]),
        }
    }
    match marker.as_deref() {
        Some("out of memory") => keep(&["L1", "L2", "L3", "L3b", "L4"]),
        Some(marker) if is_l5(marker) => keep(&["L5"]),
        _ => {}
    }
    let mut widths: Vec<usize> = Vec::new();
    for (_, _, name, [after_bytes, after_count, before_name]) in boxed {
        let is_part =
            layouts_of(name).is_some_and(|(_, is_part)| is_part) || *after_bytes == 1 && *before_name > 2;
        if !is_part {
            widths.push(*after_count);
        }
    }
    widths.dedup();
    match widths[..] {
        [2] => keep(&["L1", "L2"]),
        [3] => keep(&["L3", "L3b", "L4", "L5"]),
        _ => {}
    }
    if agrees
        && rows.iter().any(|row| row.name == "toit" && !row.is_part_of_previous)
        && !rows.iter().any(|row| row.is_part_of_previous)
    {
        keep(&["L1", "L2", "L4", "L5"]);
    }
    match left[..] {
        [] => return None,
        ["L3b"] => return Some(("L3b".into(), "an unreleased draft".into())),
        _ if left.len() == 6 => return None,
        _ => left.retain(|layout| *layout != "L3b"),
    }
    let releases = |layout: &str| match layout {
        "L1" => ("v0.16.0", "v2.0.0-alpha.21"),
        "L2" => ("v2.0.0-alpha.22", "alpha.50"),
        "L3" => ("v2.0.0-alpha.51", "alpha.117"),
        "L4" => ("v2.0.0-alpha.118", "alpha.146"),
        _ => ("v2.0.0-alpha.147", ""),
    };
    let (first, last) = (left[0], left[left.len() - 1]);
    let name = if first == last { first.to_owned() } else { format!("{first} to {last}") };
    let released = match releases(last).1 {
        "" => format!("{} or later", releases(first).0),
        end => format!("{} to {end}", releases(first).0),
    };
    Some((name, released))
}

/// Whether the machine says in it what failed.
pub(super) fn is_l5(marker: &str) -> bool {
    SAID.is_match(marker) || marker.len() >= 49 && SAID_CUT.is_match(marker)
}

/// The address, if it is there, and the largest free piece.
fn head(line: &str) -> Option<(Option<u32>, u64)> {
    if let Some(found) = HEAD.captures(line) {
        return Some((None, number(&found[1])));
    }
    let found = OLD_HEAD.captures(line)?;
    Some((Some(u32::from_str_radix(&found[1], 16).ok()?), number(&found[2])))
}

fn unreported(line: &str) -> Option<(u64, u64)> {
    let found = UNREPORTED.captures(line).or_else(|| OLD_UNREPORTED.captures(line))?;
    Some((number(&found[1]), number(&found[2])))
}

/// A row behind an empty cell.
fn page_row(line: &str) -> Option<PageUse> {
    let inner = BAR.replace(line, "").into_owned();
    let (bytes, count, name, _) = row(&BLANKS.replace(&inner, ""))?;
    (name.len() <= 24).then_some(PageUse { name, bytes: Some(bytes), count: Some(count) })
}

fn address(line: &str) -> Option<u32> {
    u32::from_str_radix(&ADDRESS.captures(line)?[1], 16).ok()
}

fn pages(log: &Log<'_>, at: usize) -> Read {
    let (mut heads, mut rows) = (0, 0);
    let mut lacks_address = false;
    let mut kind = |line: &str| {
        if unreported(line).is_some() {
            return Is::End;
        }
        if !has_bar(line) {
            return if is_ruler(line) { Is::Idle } else { Is::Foreign };
        }
        if let Some((address, _)) = head(line) {
            heads += 1;
            lacks_address = address.is_none();
        } else if lacks_address && address(line).is_some() {
            lacks_address = false;
        } else if page_row(line).is_some() {
            rows += 1;
        } else if !DIGIT.is_match(line) {
            return Is::Idle;
        }
        if heads >= 256 || rows >= 800 { Is::End } else { Is::Part }
    };
    let extent = extent(log, at, 10, &begins_any, &mut kind);
    let mut pages: Vec<(Option<u32>, Page)> = Vec::new();
    let (mut damaged, mut end) = (0, None);
    for line in extent.parts.iter().map(|&at| log.lines[at]) {
        if let Some(unreported) = unreported(line) {
            end = Some(unreported);
        } else if let Some((address, largest)) = head(line) {
            let largest_free_bytes = u32::try_from(largest).ok();
            pages.push((address, Page { size_bytes: Some(4096), largest_free_bytes, ..Page::default() }));
        } else {
            let (page_address, page) = pages.last_mut().unwrap();
            match (&page_address, address(line), page_row(line)) {
                (None, Some(address), _) => *page_address = Some(address),
                (_, _, Some(row)) => page.uses.push(row),
                _ => damaged += 1,
            }
        }
    }
    if pages.iter().all(|(address, _)| address.is_none()) {
        return (extent, None);
    }
    let mut problems = Vec::new();
    if damaged > 0 {
        problems.push(format!("{damaged} of its rows cannot be read."));
    }
    let lost = pages.iter().filter(|(address, _)| address.is_none()).count();
    if lost > 0 {
        problems.push(format!("The addresses of {lost} of its pages are missing: they are left out."));
    }
    let empty = pages.iter().filter(|(address, page)| address.is_some() && page.uses.is_empty()).count();
    if empty > 0 {
        problems.push(format!("What {empty} of its pages hold is missing."));
    }
    let rows: usize = pages.iter().map(|(_, page)| page.uses.len()).sum();
    if end.is_none() && (pages.len() == 256 || rows == 800) {
        problems.push(format!("It has more than {} pages: the rest is not read.", pages.len()));
    }
    let extras = end.map(|(unreported, limit)| {
        [("unreported_pages", Extra::Number(unreported as i64)), ("page_limit", Extra::Number(limit as i64))]
    });
    let with_address = |(address, page): (Option<u32>, Page)| Some(Page { address: address?, ..page });
    let report = Report {
        complete: problems.is_empty(),
        problems,
        pages: pages.into_iter().filter_map(with_address).collect(),
        extras: extras.into_iter().flatten().collect(),
        ..Report::new("heap_pages", "Toit heap by page")
    };
    (extent, Some(finding(at, at, What::Report(report.into()))))
}

/// Name, bytes, count.
fn early_row(line: &str) -> Option<Category> {
    let found = EARLY_ROW.captures(line)?;
    let figures = EARLY_FIGURES.captures(&found[2])?;
    let (name, bytes, count) = (found[1].to_owned(), number(&figures[1]), number(&figures[2]));
    ((1..=100).contains(&name.len())).then_some(Category {
        name: name.into(),
        bytes,
        count,
        is_part_of_previous: false,
    })
}

fn early_page(line: &str) -> Option<Page> {
    let found = EARLY_PAGE.captures(line)?;
    let address = u32::from_str_radix(&found[1], 16).ok()?;
    let largest = u32::try_from(number(&found[2])).ok()?;
    Some(Page { address, size_bytes: Some(4096), largest_free_bytes: Some(largest), ..Page::default() })
}

fn early_page_row(line: &str) -> Option<PageUse> {
    let found = EARLY_PAGE_ROW.captures(line)?;
    let (bytes, count) = (Some(number(&found[1])), Some(number(&found[2])));
    (found[3].len() <= 24).then(|| PageUse { name: found[3].to_owned(), bytes, count })
}

fn early(log: &Log<'_>, at: usize) -> Read {
    let (mut rows, mut pages, mut page_rows) = (0, 0, 0);
    let mut kind = |line: &str| {
        if early_row(line).is_some() {
            rows += 1;
        } else if early_page(line).is_some() {
            pages += 1;
        } else if pages > 0 && early_page_row(line).is_some() {
            page_rows += 1;
        } else {
            return if is_ruler(line) { Is::Idle } else { Is::Foreign };
        }
        if rows >= 50 || pages >= 256 || page_rows >= 800 { Is::End } else { Is::Part }
    };
    let begins = |line: &str| begins_any(line) || head(line).is_some();
    let extent = extent(log, at + 1, 10, &begins, &mut kind);
    let lines = || extent.parts.iter().map(|&at| log.lines[at]);
    let rows: Vec<Category> = lines().filter_map(early_row).collect();
    let mut pages: Vec<Page> = Vec::new();
    for line in lines().filter(|line| early_row(line).is_none()) {
        pages.extend(early_page(line));
        if let (Some(page), Some(row)) = (pages.last_mut(), early_page_row(line)) {
            page.uses.push(row);
        }
    }
    if !rows.iter().any(|row| layouts_of(&row.name).is_some()) {
        return (extent, None);
    }
    let mut figures = Figures::default();
    let free = rows.iter().rfind(|row| row.name == "free");
    let is_whole = free.is_some() && rows.iter().any(|row| row.name == "heap overhead");
    figures.set_known(Figure::Free, free.map(|row| Amount::exact(row.bytes)));
    if is_whole {
        let used = rows.iter().filter(|row| row.name != "free");
        figures.set(Figure::Used, Amount::exact(used.clone().map(|row| row.bytes).sum()));
        let counted = used.filter(|row| row.name != "heap overhead").map(|row| row.count);
        figures.set(Figure::Allocations, Amount::exact(counted.sum()));
    }
    let mut extras =
        vec![("layout", Extra::Text("L0".into())), ("releases", Extra::Text("v0.1.0 to v0.15.1".into()))];
    extras.extend(log.version(extent.certain).map(|version| ("sdk_version", Extra::Text(version))));
    let problem = (!is_whole).then(|| "Some of its rows are missing.".to_owned());
    let report = Report {
        complete: is_whole,
        problems: problem.into_iter().collect(),
        figures,
        categories: rows.into_iter().filter(|row| row.bytes > 0 && row.name != "free").collect(),
        pages,
        extras,
        ..Report::new("heap_report", "Toit heap report")
    };
    (extent, Some(finding(at, at, What::Report(report.into()))))
}

/// A class, its objects and their bytes.
fn object(line: &str, is_by_machine: bool) -> Option<Category> {
    if is_by_machine {
        let (bytes, count, class, _) = row(line)?;
        let class = number(&SOME_NUMBER.captures(&class)?[1]);
        return Some(Category {
            name: format!("class {class}").into(),
            bytes,
            count,
            is_part_of_previous: false,
        });
    }
    let found = OBJECT.captures(line)?;
    let kilobytes = found.get(2).map_or(0, |text| number(text.as_str()));
    let bytes = kilobytes * 1024 + number(&found[3]);
    Some(Category {
        name: name(&found[4])?.into(),
        bytes,
        count: number(&found[1]),
        is_part_of_previous: false,
    })
}

fn object_total(line: &str, is_by_machine: bool) -> Option<(u64, Option<u64>)> {
    if is_by_machine {
        let found = MACHINE_TOTAL.captures(line)?;
        return Some((number(&found[1]), Some(number(&found[2]))));
    }
    let inner = &INDENTED.captures(line)?[1];
    let found = OBJECT_TOTAL.captures(inner)?;
    let kilobytes = found.get(1).map_or(0, |text| number(text.as_str()));
    let name = name(&found[3])?;
    name.starts_with("Total").then_some((kilobytes * 1024 + number(&found[2]), None))
}

fn objects(log: &Log<'_>, at: usize) -> Read {
    let found = OBJECTS.captures(log.lines[at]).unwrap();
    let is_by_machine = found.name("machine").is_some();
    let may_lack_total = found.name("old").is_some();
    let marker = found.name("decoded").or(found.name("machine")).map(|marker| marker.as_str());
    let marker = marker.filter(|marker| !marker.is_empty()).map(kept);

    let mut rows = 0;
    let mut has_heading = false;
    let mut kind = |line: &str| {
        if object_total(line, is_by_machine).is_some() {
            Is::End
        } else if !has_bar(line) {
            if is_ruler(line) { Is::Idle } else { Is::Foreign }
        } else if object(line, is_by_machine).is_some() {
            rows += 1;
            if rows >= 700 { Is::End } else { Is::Part }
        } else if DIGIT.is_match(line) {
            Is::Part
        } else {
            let heading = HEADING.captures(line).and_then(|found| name(&found[1]));
            has_heading |= heading.as_deref() == Some("Class");
            Is::Idle
        }
    };
    let begins = |line: &str| begins_any(line) || head(line).is_some();
    let extent = extent(log, at + 1, 10, &begins, &mut kind);
    let lines = || extent.parts.iter().map(|&at| log.lines[at]);
    let total = lines().find_map(|line| object_total(line, is_by_machine));
    let rows: Vec<Category> = lines().filter_map(|line| object(line, is_by_machine)).collect();
    let damaged = extent.parts.len() - rows.len() - usize::from(total.is_some());
    if rows.is_empty() || !has_heading && total.is_none() {
        return (extent, None);
    }
    let bytes: u64 = rows.iter().map(|row| row.bytes).sum();
    let objects: u64 = rows.iter().map(|row| row.count).sum();
    let mut problems = Vec::new();
    if damaged > 0 {
        problems.push(format!("{damaged} of its rows cannot be read."));
    }
    match total {
        None if !may_lack_total => problems.push("It was cut off: the total is missing.".into()),
        Some((total, _)) if total != bytes => {
            problems.push(format!("Its rows have {bytes} bytes, its total says {total}."));
        }
        Some((_, Some(total))) if total != objects => {
            problems.push(format!("Its rows have {objects} objects, its total says {total}."));
        }
        _ => {}
    }
    let title = match &marker {
        Some(marker) => format!("Toit objects by class: {marker}"),
        None => "Toit objects by class".into(),
    };
    let mut extras: Vec<_> = marker.into_iter().map(|marker| ("marker", Extra::Text(marker))).collect();
    if problems.is_empty() {
        extras.push(("object_bytes", Extra::Number(bytes as i64)));
        extras.push(("objects", Extra::Number(objects as i64)));
    }
    let report = Report {
        complete: problems.is_empty(),
        problems,
        categories: rows,
        is_main_heap: false,
        extras,
        ..Report::new("object_histogram", title)
    };
    (extent, Some(finding(at, at, What::Report(report.into()))))
}
