//! What the fuzz targets share: the checks.

#[path = "../tests/slow/mod.rs"]
mod slow;

use heapscope::dialect::{ALL, Finding, Reader};
use heapscope::dialect::ndjson;

/// The dialect's reader must not panic, must find the same however the log is cut, and what the slow reader finds.
pub fn dialect(id: &str, log: &[u8]) {
    let whole = read(id, [log]);
    // Where it is cut depends on the log, so that every failure can be repeated.
    let cut = log.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let (front, back) = log.split_at(cut.checked_rem(log.len()).unwrap_or(0));
    assert_same(&read(id, [front, back]), &whole, "cut differently");
    if slow::DIALECTS.iter().any(|(known, _)| *known == id) {
        assert_same(&slow::read(log, &[id]), &whole, "read slowly");
    }
}

fn read<const N: usize>(id: &str, chunks: [&[u8]; N]) -> Vec<Finding> {
    let dialects = ALL.iter().map(|make| make()).filter(|dialect| dialect.info().id == id).collect();
    let (mut reader, mut findings) = (Reader::with(dialects), Vec::new());
    for chunk in chunks {
        reader.feed(chunk, &mut |_| {}, &mut findings);
    }
    reader.flush(&mut |_| {}, &mut findings);
    findings
}

fn assert_same(other: &[Finding], whole: &[Finding], how: &str) {
    if other != whole {
        let lines = |findings: &[Finding]| -> Vec<_> { findings.iter().map(ndjson::to_line).collect() };
        panic!("{how}: {:#?}\nbut whole: {:#?}", lines(other), lines(whole));
    }
}
