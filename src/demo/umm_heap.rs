//! A model of `umm_malloc` as the ESP8266 core 2.7.8 runs it: the allocator under Tasmota.
//!
//! The heap is one array of 8-byte blocks at real addresses. A chunk is a run of blocks with a 4-byte header;
//! chunks touch, and two free neighbours are always merged. Free chunks also hang in a list whose head is
//! block 0: what is freed goes to its front, and an allocation takes the smallest chunk that is large enough,
//! cutting its own part from the low end. From these rules follow all the numbers that a board prints, so the
//! demo board's figures cannot contradict each other.
//!
//! It holds no payload, so nothing can be read from it or written to it, and no program can corrupt it. It does not
//! model the build flags that change the layout (poison, a second heap, `UMM_INLINE_METRICS`).
//!
//! ```
//! use heapscope::demo::UmmHeap;
//!
//! let mut heap = UmmHeap::default();
//! assert_eq!(heap.free_bytes(), 39_728);
//! let text = heap.malloc(200).unwrap();
//! assert_eq!(heap.free_bytes(), 39_728 - 208); // 4 bytes of header, and whole blocks
//! heap.free(text);
//! assert_eq!(heap.largest_free_bytes(), 39_728);
//! ```

use std::io::Write;

/// First address of the heap in the Tasmota builds that were looked at; the linker decides, so it varies.
pub const HEAP_START: u32 = 0x3fff_24c0;
/// Where every ESP8266 heap ends (esp8266/Arduino umm_malloc_cfg.h: `0x3fffc000 - _heap_start`).
pub const HEAP_END: u32 = 0x3fff_c000;
/// Bytes in a block, header included.
pub const BLOCK_BYTES: u32 = 8;

/// Set in [`Block::next`] while the chunk is free.
const FREE_BIT: u16 = 0x8000;

/// One entry of the array. Only the first block of a chunk has meaningful links.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    /// First block of the chunk behind this one, and [`FREE_BIT`].
    next: u16,
    /// First block of the chunk before this one.
    prev: u16,
    /// Next chunk in the free list; 0 is its end. On a device it lies in the payload.
    next_free: u16,
    /// Previous chunk in the free list; 0 is its head.
    prev_free: u16,
}

/// What [`UmmHeap::malloc`] gave out. Giving it back consumes it, so nothing is freed twice.
#[derive(Debug, PartialEq, Eq)]
pub struct Allocation {
    block: u16,
}

/// One chunk in address order, as a row of the printed table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its first block.
    pub block: u16,
    /// How many blocks it has.
    pub blocks: u16,
    /// Whether it can be allocated.
    pub is_free: bool,
}

/// The heap of a simulated ESP8266, with the statistics of a build with `-DUMM_STATS_FULL`.
#[derive(Clone, Debug)]
pub struct UmmHeap {
    heap_start: u32,
    blocks: Vec<Block>,
    free_blocks: u16,
    free_blocks_min: u16,
    free_blocks_isr_min: u16,
    oom_count: u32,
    max_request_bytes: u32,
}

impl Default for UmmHeap {
    /// The heap of the demo board: 4968 blocks from [`HEAP_START`], nothing allocated.
    fn default() -> Self {
        UmmHeap::new(HEAP_START)
    }
}

impl UmmHeap {
    /// An empty heap from `heap_start` to [`HEAP_END`].
    ///
    /// A start that leaves no room, or more than the 15 bits of a block number can count, is moved to the
    /// nearest one that works.
    pub fn new(heap_start: u32) -> Self {
        let largest = u32::from(FREE_BIT - 1) * BLOCK_BYTES;
        let heap_start =
            heap_start.clamp(HEAP_END - largest, HEAP_END - 3 * BLOCK_BYTES) / BLOCK_BYTES * BLOCK_BYTES;
        let count = (HEAP_END - heap_start) / BLOCK_BYTES;
        let last = (count - 1) as u16;
        let mut blocks = vec![Block::default(); count as usize];
        // umm_init: the head points at one free chunk, and that at the end mark.
        blocks[0] = Block { next: 1, prev: 0, next_free: 1, prev_free: 1 };
        blocks[1] = Block { next: last | FREE_BIT, prev: 0, next_free: 0, prev_free: 0 };
        blocks[usize::from(last)].prev = 1;
        let free = last - 1;
        UmmHeap {
            heap_start,
            blocks,
            free_blocks: free,
            free_blocks_min: free,
            free_blocks_isr_min: free,
            oom_count: 0,
            max_request_bytes: 0,
        }
    }

    /// Takes `size_bytes` from the smallest free chunk that has them; the first of several equal ones in the free
    /// list. `None` when no chunk is large enough, which counts as out of memory, or for 0 bytes, which does not.
    pub fn malloc(&mut self, size_bytes: u32) -> Option<Allocation> {
        if size_bytes == 0 {
            return None;
        }
        self.max_request_bytes = self.max_request_bytes.max(size_bytes);
        let wanted = blocks_for(size_bytes);
        let mut best: Option<(u16, u16)> = None;
        let mut candidate = self.at(0).next_free;
        while candidate != 0 {
            let size = self.chunk_blocks(candidate);
            if u32::from(size) >= wanted && best.is_none_or(|(_, best_size)| size < best_size) {
                best = Some((candidate, size));
            }
            candidate = self.at(candidate).next_free;
        }
        let Some((found, size)) = best else {
            self.oom_count = self.oom_count.saturating_add(1);
            return None;
        };
        // It fits into a chunk, so it fits into 15 bits.
        let wanted = wanted as u16;
        if size == wanted {
            self.unlink_free(found);
        } else {
            // The front is given out; the rest takes its place in the free list.
            let Block { next_free, prev_free, .. } = self.at(found);
            let rest = found + wanted;
            self.split(found, wanted);
            self.at_mut(rest).next |= FREE_BIT;
            self.at_mut(rest).next_free = next_free;
            self.at_mut(rest).prev_free = prev_free;
            self.at_mut(prev_free).next_free = rest;
            self.at_mut(next_free).prev_free = rest;
        }
        self.free_blocks -= wanted;
        self.free_blocks_min = self.free_blocks_min.min(self.free_blocks);
        Some(Allocation { block: found })
    }

    /// Gives an allocation back: it merges with a free chunk behind it, then with one before it; alone, it goes
    /// to the front of the free list. An allocation of another heap is ignored.
    pub fn free(&mut self, allocation: Allocation) {
        if self.is_used_chunk(allocation.block) {
            self.free_chunk(allocation.block);
        }
    }

    /// Makes an allocation larger or smaller, moving it if it must (`UMM_REALLOC_DEFRAG`, the core's choice:
    /// towards the start of the heap where that is possible). `false`: out of memory, and it stays as it was.
    pub fn realloc(&mut self, allocation: &mut Allocation, size_bytes: u32) -> bool {
        let mut chunk = allocation.block;
        if size_bytes == 0 || !self.is_used_chunk(chunk) {
            return false;
        }
        self.max_request_bytes = self.max_request_bytes.max(size_bytes);
        let wanted = blocks_for(size_bytes);
        let mut size = self.chunk_blocks(chunk);
        let (before, behind) = (self.at(chunk).prev, self.next(chunk));
        let size_before = if self.is_free(before) { chunk - before } else { 0 };
        let size_behind = if self.is_free(behind) { self.chunk_blocks(behind) } else { 0 };
        let size_of_all = u32::from(size) + u32::from(size_before) + u32::from(size_behind);

        if size_before > 0 && size_of_all >= wanted {
            self.unlink_free(before);
            self.merge_down(chunk, 0);
            chunk = before;
            self.free_blocks -= size_before;
            size += size_before;
            if u32::from(size) < wanted {
                self.merge_up(chunk);
                self.free_blocks -= size_behind;
                size = wanted as u16; // size_of_all has it
                self.give_back_behind(chunk, size);
            }
            self.free_blocks_isr_min = self.free_blocks_isr_min.min(self.free_blocks);
            allocation.block = chunk;
        } else if u32::from(size) < wanted && u32::from(size) + u32::from(size_behind) >= wanted {
            self.merge_up(chunk);
            self.free_blocks -= size_behind;
            size += size_behind;
        } else if u32::from(size) < wanted {
            let Some(moved) = self.malloc(size_bytes) else {
                // The inner malloc has counted the failure already, and the core counts it again.
                self.oom_count = self.oom_count.saturating_add(1);
                return false;
            };
            self.free_chunk(chunk);
            *allocation = moved;
            return true;
        }
        if u32::from(size) > wanted {
            self.give_back_behind(chunk, wanted as u16);
        }
        self.free_blocks_min = self.free_blocks_min.min(self.free_blocks);
        true
    }

    /// Bytes in free chunks, their headers included: "Raw Free Space", and `ESP.getFreeHeap()`.
    pub fn free_bytes(&self) -> u32 {
        u32::from(self.free_blocks) * BLOCK_BYTES
    }

    /// Bytes that an empty heap has free: all but the list head and the end mark.
    pub fn total_bytes(&self) -> u32 {
        (self.blocks.len() as u32 - 2) * BLOCK_BYTES
    }

    /// Bytes of the largest free chunk, header included (`umm_max_block_size`). The largest request that can
    /// succeed is 4 less.
    pub fn largest_free_bytes(&self) -> u32 {
        let free = self.chunks().filter(|chunk| chunk.is_free);
        free.map(|chunk| u32::from(chunk.blocks)).max().unwrap_or(0) * BLOCK_BYTES
    }

    /// The least [`free_bytes`](UmmHeap::free_bytes) since boot: "Low Watermark".
    pub fn low_water_mark_bytes(&self) -> u32 {
        u32::from(self.free_blocks_min) * BLOCK_BYTES
    }

    /// The least free bytes while a realloc moved memory down: "Low Watermark ISR".
    pub fn low_water_mark_isr_bytes(&self) -> u32 {
        u32::from(self.free_blocks_isr_min) * BLOCK_BYTES
    }

    /// Failed allocations since boot. A failed move in a realloc counts twice, as in the core.
    pub fn oom_count(&self) -> u32 {
        self.oom_count
    }

    /// The largest request since boot in bytes, failed ones included: "MAX Alloc Request".
    pub fn max_request_bytes(&self) -> u32 {
        self.max_request_bytes
    }

    /// "Usage Metric": used blocks × 100 / **free** blocks; −1 when nothing is free (umm_info.c).
    pub fn usage_metric(&self) -> i32 {
        let used = self.blocks.len() as i32 - 2 - i32::from(self.free_blocks);
        if self.free_blocks == 0 { -1 } else { used * 100 / i32::from(self.free_blocks) }
    }

    /// "Fragmentation Metric": 100 − √Σ(free chunk²) × 100 / free, in whole blocks and integers; 0 when nothing is
    /// free (umm_info.c). Tasmota's `Frag` is another formula.
    pub fn fragmentation_metric(&self) -> i32 {
        if self.free_blocks == 0 {
            return 0;
        }
        let free = self.chunks().filter(|chunk| chunk.is_free);
        let sum_of_squares: u32 = free.map(|chunk| u32::from(chunk.blocks) * u32::from(chunk.blocks)).sum();
        100 - (sum_of_squares.isqrt() * 100 / u32::from(self.free_blocks)) as i32
    }

    /// The chunks in address order, without the list head and the end mark.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk> + '_ {
        let last = self.last();
        let mut block = self.next(0);
        std::iter::from_fn(move || {
            let chunk =
                Chunk { block, blocks: self.next(block).saturating_sub(block), is_free: self.is_free(block) };
            let is_inside = block != last;
            block = self.next(block);
            is_inside.then_some(chunk)
        })
    }

    /// Appends what `umm_info(NULL, true)` prints: the block table, totals, metrics and statistics of a 2.7.8
    /// core built with `-DUMM_STATS_FULL` alone, with the CR LF that its `ets_uart_putc1` makes of every LF.
    ///
    /// Source: tasmota/Arduino 2.7.8 umm_info.c:46-163 and umm_local.c:188-201.
    pub fn print_info(&self, out: &mut Vec<u8>) {
        const TABLE_RULER: &str = "+----------+-------+--------+--------+-------+--------+--------+\r\n";
        const RULER: &str = "+--------------------------------------------------------------+\r\n";
        let mut text = Vec::with_capacity(1024);
        let mut line = |arguments: std::fmt::Arguments<'_>| {
            // Writing to a Vec cannot fail.
            let _ = text.write_fmt(arguments);
        };
        let (mut used_entries, mut free_entries, mut used_blocks, mut free_blocks) =
            (0_u32, 0_u32, 0_u32, 0_u32);

        line(format_args!("\r\n{TABLE_RULER}"));
        line(format_args!(
            "{}|NF {:5}|PF {:5}|\r\n",
            self.row(0, 1),
            self.at(0).next_free,
            self.at(0).prev_free
        ));
        for Chunk { block, blocks, is_free } in self.chunks() {
            let row = self.row(block, blocks);
            if is_free {
                let Block { next_free, prev_free, .. } = self.at(block);
                line(format_args!("{row}|NF {next_free:5}|PF {prev_free:5}|\r\n"));
                free_entries += 1;
                free_blocks += u32::from(blocks);
            } else {
                line(format_args!("{row}|\r\n"));
                used_entries += 1;
                used_blocks += u32::from(blocks);
            }
        }
        let last = self.at(self.last());
        let row = self.row(self.last(), 1);
        line(format_args!("{row}|NF {:5}|PF {:5}|\r\n", last.next_free, last.prev_free));
        line(format_args!("{TABLE_RULER}"));
        line(format_args!(
            "Total Entries {:5}    Used Entries {used_entries:5}    Free Entries {free_entries:5}\r\n",
            used_entries + free_entries
        ));
        line(format_args!(
            "Total Blocks  {:5}    Used Blocks  {used_blocks:5}    Free Blocks  {free_blocks:5}\r\n",
            used_blocks + free_blocks
        ));
        line(format_args!("{RULER}"));
        line(format_args!("Usage Metric:               {:5}\r\n", self.usage_metric()));
        line(format_args!("Fragmentation Metric:       {:5}\r\n", self.fragmentation_metric()));
        line(format_args!("{RULER}"));
        line(format_args!("heap info Free blocks and heap statistics Free blocks match.\r\n"));
        line(format_args!("{RULER}umm heap statistics:\r\n"));
        line(format_args!("  Raw Free Space    {:5}\r\n", self.free_bytes()));
        line(format_args!("  OOM Count         {:5}\r\n", self.oom_count));
        line(format_args!("  Low Watermark     {:5}\r\n", self.low_water_mark_bytes()));
        line(format_args!("  Low Watermark ISR {:5}\r\n", self.low_water_mark_isr_bytes()));
        line(format_args!("  MAX Alloc Request {:5}\r\n", self.max_request_bytes));
        line(format_args!("  Size of umm_block {BLOCK_BYTES:5}\r\n{RULER}"));
        out.append(&mut text);
    }

    /// The columns that every row has.
    fn row(&self, block: u16, blocks: u16) -> String {
        let address = self.heap_start + u32::from(block) * BLOCK_BYTES;
        let (next, prev) = (self.next(block), self.at(block).prev);
        format!("|0x{address:08x}|B {block:5}|NB {next:5}|PB {prev:5}|Z {blocks:5}")
    }

    /// All links stay inside the array, so indexing cannot fail.
    fn at(&self, block: u16) -> Block {
        self.blocks[usize::from(block)]
    }

    fn at_mut(&mut self, block: u16) -> &mut Block {
        &mut self.blocks[usize::from(block)]
    }

    fn next(&self, block: u16) -> u16 {
        self.at(block).next & !FREE_BIT
    }

    fn is_free(&self, block: u16) -> bool {
        self.at(block).next & FREE_BIT != 0
    }

    fn last(&self) -> u16 {
        (self.blocks.len() - 1) as u16
    }

    fn chunk_blocks(&self, block: u16) -> u16 {
        self.next(block) - block
    }

    /// Whether a used chunk begins here. Blocks inside a chunk keep old links, so the neighbours must agree.
    fn is_used_chunk(&self, block: u16) -> bool {
        block > 0
            && block < self.last()
            && !self.is_free(block)
            && self.next(block) > block
            && self.next(self.at(block).prev) == block
            && self.at(self.next(block)).prev == block
    }

    /// Cuts a chunk in two used ones; free bits and free links are the caller's business.
    fn split(&mut self, block: u16, blocks: u16) {
        let (rest, next) = (block + blocks, self.next(block));
        *self.at_mut(rest) = Block { next, prev: block, next_free: 0, prev_free: 0 };
        self.at_mut(next).prev = rest;
        self.at_mut(block).next = rest;
    }

    fn unlink_free(&mut self, block: u16) {
        let Block { next_free, prev_free, .. } = self.at(block);
        self.at_mut(prev_free).next_free = next_free;
        // At the end of the list this writes to block 0, which is why its PF is the list's last chunk.
        self.at_mut(next_free).prev_free = prev_free;
        self.at_mut(block).next &= !FREE_BIT;
    }

    /// Takes in the chunk behind, if that is free.
    fn merge_up(&mut self, block: u16) {
        let behind = self.next(block);
        if self.is_free(behind) {
            self.unlink_free(behind);
            let next = self.next(behind);
            self.at_mut(next).prev = block;
            self.at_mut(block).next = next;
        }
    }

    /// Lets the chunk before take this one in.
    fn merge_down(&mut self, block: u16, free_bit: u16) {
        let (before, next) = (self.at(block).prev, self.next(block));
        self.at_mut(before).next = next | free_bit;
        self.at_mut(next).prev = before;
    }

    fn free_chunk(&mut self, block: u16) {
        self.free_blocks += self.chunk_blocks(block);
        self.merge_up(block);
        if self.is_free(self.at(block).prev) {
            self.merge_down(block, FREE_BIT);
        } else {
            let head = self.at(0).next_free;
            self.at_mut(head).prev_free = block;
            self.at_mut(block).next_free = head;
            self.at_mut(block).prev_free = 0;
            self.at_mut(0).next_free = block;
            self.at_mut(block).next |= FREE_BIT;
        }
    }

    /// Keeps `blocks` of a used chunk and frees the rest, if there is one.
    fn give_back_behind(&mut self, block: u16, blocks: u16) {
        if self.chunk_blocks(block) > blocks {
            self.split(block, blocks);
            self.free_chunk(block + blocks);
        }
    }
}

/// Blocks for a request: the first has 4 bytes of payload, each further one 8 (umm_malloc.cpp `umm_blocks`).
fn blocks_for(size_bytes: u32) -> u32 {
    if size_bytes <= 4 { 1 } else { 2 + (size_bytes - 5) / BLOCK_BYTES }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::random::Random;

    /// Facts 4.4: what holds for the heap of every intact device.
    fn check_invariants(heap: &UmmHeap) {
        let (mut expected, mut before, mut was_free, mut free_blocks) = (1, 0, false, 0);
        let mut free_chunks = Vec::new();
        for Chunk { block, blocks, is_free } in heap.chunks() {
            assert_eq!(block, expected, "chunks touch");
            assert!(blocks > 0);
            assert_eq!(heap.at(block).prev, before, "PB is the chunk before");
            assert!(!(is_free && was_free), "two free neighbours at {block}");
            if is_free {
                free_blocks += blocks;
                free_chunks.push(block);
            }
            (expected, before, was_free) = (block + blocks, block, is_free);
        }
        assert_eq!(expected, heap.last(), "the last chunk ends at the end mark");
        assert_eq!(heap.at(heap.last()).prev, before);
        assert_eq!(heap.at(heap.last()).next, 0);
        assert_eq!(heap.free_blocks, free_blocks, "the statistics agree with the walk");

        let mut walked = Vec::new();
        let (mut from, mut block) = (0, heap.at(0).next_free);
        while block != 0 && walked.len() <= free_chunks.len() {
            assert_eq!(heap.at(block).prev_free, from, "PF mirrors NF");
            walked.push(block);
            (from, block) = (block, heap.at(block).next_free);
        }
        assert_eq!(heap.at(0).prev_free, from, "PF of row 0 is the tail of the list");
        walked.sort_unstable();
        assert_eq!(walked, free_chunks, "the free list has every free chunk once");
    }

    fn dump(heap: &UmmHeap) -> String {
        let mut out = Vec::new();
        heap.print_info(&mut out);
        String::from_utf8(out).unwrap()
    }

    /// Brings a heap into the state that a dump shows: takes every chunk in address order, then frees the
    /// free ones so that the free list comes out in the same order.
    fn rebuild(dump: &str) -> UmmHeap {
        let number = |row: &str, name: &str| -> Option<u16> {
            row.split('|').find_map(|cell| cell.strip_prefix(name)?.trim().parse().ok())
        };
        let rows: Vec<&str> = dump.lines().filter(|line| line.starts_with("|0x")).collect();
        let mut heap = UmmHeap::new(u32::from_str_radix(&rows[0][3..11], 16).unwrap());
        let mut taken = Vec::new();
        for row in &rows[1..rows.len() - 1] {
            let (block, size) = (number(row, "B ").unwrap(), number(row, "Z ").unwrap());
            let allocation = heap.malloc(u32::from(size) * 8 - 4).unwrap();
            assert_eq!(allocation.block, block);
            taken.push((allocation, number(row, "NF ")));
        }
        let mut order = Vec::new();
        let mut next = number(rows[0], "NF ").unwrap();
        while next != 0 {
            order.push(next);
            let (_, next_free) = taken.iter().find(|(allocation, _)| allocation.block == next).unwrap();
            next = next_free.unwrap();
        }
        for block in order.into_iter().rev() {
            let at = taken.iter().position(|(allocation, _)| allocation.block == block).unwrap();
            heap.free(taken.swap_remove(at).0);
        }
        heap
    }

    #[test]
    fn an_empty_heap_prints_the_rows_of_the_sample() {
        let expected = include_str!("../../tests/fixtures/umm/empty_core278_default/log.txt");
        let printed = dump(&UmmHeap::default());
        // The sample's build has no UMM_STATS_FULL, whose three lines come on top.
        let is_full_only = |line: &&str| line.contains("Watermark") || line.contains("MAX Alloc");
        let without: Vec<&str> = printed.split_inclusive('\n').filter(|line| !is_full_only(line)).collect();
        assert_eq!(without.concat(), expected);
        assert_eq!(printed.lines().filter(is_full_only).count(), 3);
    }

    #[test]
    fn real_dumps_are_reproduced_byte_for_byte_from_their_chunks() {
        for expected in [
            include_str!("../../tests/fixtures/umm/boot_core278_default/log.txt"),
            include_str!("../../tests/fixtures/umm/oom_core278_statsfull/log.txt"),
        ] {
            let heap = rebuild(expected);
            check_invariants(&heap);
            let printed = dump(&heap);
            // Counters tell a history that a table does not have; everything else must be equal.
            let has_history =
                |line: &&str| ["Watermark", "MAX Alloc", "OOM"].iter().any(|name| line.contains(name));
            let keep = |text: &str| -> String {
                text.split_inclusive('\n').filter(|line| !has_history(line)).collect::<Vec<_>>().concat()
            };
            assert_eq!(keep(&printed), keep(expected));
        }
    }

    #[test]
    fn counters_print_as_in_the_full_build() {
        // 10_oom: two requests of 60000 bytes, and six more that fail on a full heap.
        let expected = include_str!("../../tests/fixtures/umm/oom_core278_statsfull/log.txt");
        let mut heap = UmmHeap::new(0x3fff_0c90);
        for _ in 0..8 {
            assert_eq!(heap.malloc(60_000), None);
        }
        let filler = heap.malloc((5740 - 217) * 8 - 4).unwrap(); // leaves the sample's 1736 bytes
        heap.free(filler);
        let statistics = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| line.starts_with("  ") && !line.contains("Raw"))
                .map(String::from)
                .collect()
        };
        assert_eq!(statistics(&dump(&heap)), statistics(expected));
    }

    #[test]
    fn sizes_round_up_to_blocks() {
        for (bytes, blocks) in
            [(1, 1), (4, 1), (5, 2), (12, 2), (13, 3), (4096, 513), (1536, 193), (60_000, 7501)]
        {
            assert_eq!(blocks_for(bytes), blocks, "{bytes} bytes");
        }
    }

    #[test]
    fn the_smallest_sufficient_chunk_is_cut_at_its_front() {
        let mut heap = UmmHeap::default();
        let mut taken: Vec<_> = [20, 1, 10, 1, 12, 1].map(|blocks| heap.malloc(blocks * 8 - 4)).into();
        for at in [0, 2, 4] {
            heap.free(taken[at].take().unwrap());
        }
        assert_eq!(
            heap.malloc(9 * 8 - 4),
            Some(Allocation { block: 22 }),
            "10 blocks beat 12, 20 and the tail"
        );
        assert_eq!(heap.malloc(11 * 8 - 4), Some(Allocation { block: 33 }));
        check_invariants(&heap);
    }

    #[test]
    fn freeing_merges_with_both_neighbours() {
        let mut heap = UmmHeap::default();
        let [a, b, c, _end] = [40, 50, 60, 4].map(|bytes| heap.malloc(bytes).unwrap());
        heap.free(a);
        heap.free(c);
        assert_eq!(heap.chunks().filter(|chunk| chunk.is_free).count(), 3);
        heap.free(b);
        check_invariants(&heap);
        let free: Vec<u16> = heap.chunks().filter(|chunk| chunk.is_free).map(|chunk| chunk.blocks).collect();
        assert_eq!(free, [6 + 7 + 8, 4966 - 6 - 7 - 8 - 1]);
    }

    #[test]
    fn a_realloc_grows_in_place_moves_down_or_fails_without_loss() {
        let mut heap = UmmHeap::default();
        let mut text = heap.malloc(100).unwrap();
        assert!(heap.realloc(&mut text, 900));
        assert_eq!(text.block, 1, "the chunk behind was free");
        let hole = heap.malloc(400).unwrap();
        let mut after = heap.malloc(100).unwrap();
        heap.free(hole);
        let from = after.block;
        assert!(heap.realloc(&mut after, 104));
        assert!(after.block < from, "it moves down even when it need not grow");
        assert_eq!(heap.low_water_mark_isr_bytes(), heap.total_bytes() - (113 + 51 + 13) * 8);
        check_invariants(&heap);
        let before = (heap.free_bytes(), after.block);
        assert!(!heap.realloc(&mut after, 60_000));
        assert_eq!((heap.free_bytes(), after.block), before);
        assert_eq!(heap.oom_count(), 2, "the core counts a failed move twice");
        check_invariants(&heap);
    }

    #[test]
    fn thousands_of_random_operations_keep_the_invariants() {
        for seed in 1..=8 {
            let mut random = Random::new(seed);
            let mut heap = UmmHeap::default();
            let mut taken = Vec::new();
            let (mut least, mut largest, mut failed) = (heap.free_bytes(), 0, 0);
            for step in 0..4000 {
                let size =
                    if random.chance(10) { random.range(1, 6000) } else { random.range(1, 300) } as u32;
                let at = random.range(0, 10_000) as usize % taken.len().max(1);
                match random.range(0, 9) {
                    0..=4 => {
                        largest = largest.max(size);
                        match heap.malloc(size) {
                            Some(allocation) => taken.push(allocation),
                            None => failed += 1,
                        }
                    }
                    5..=6 if !taken.is_empty() => {
                        largest = largest.max(size);
                        if !heap.realloc(&mut taken[at], size) {
                            failed += 2;
                        }
                    }
                    _ if !taken.is_empty() => heap.free(taken.swap_remove(at)),
                    _ => {}
                }
                least = least.min(heap.free_bytes());
                if step % 16 == 0 {
                    check_invariants(&heap);
                    let mut starts: Vec<u16> = taken.iter().map(|allocation| allocation.block).collect();
                    starts.sort_unstable();
                    let used: Vec<u16> =
                        heap.chunks().filter(|chunk| !chunk.is_free).map(|chunk| chunk.block).collect();
                    assert_eq!(starts, used, "what was taken is what is used");
                }
            }
            assert_eq!((heap.oom_count(), heap.max_request_bytes()), (failed, largest));
            assert!(failed > 0, "the test must reach the limits");
            // A realloc may touch a lower mark for a moment than its end shows.
            assert!(heap.low_water_mark_bytes() <= least);
            for allocation in taken {
                heap.free(allocation);
            }
            check_invariants(&heap);
            assert_eq!(heap.largest_free_bytes(), heap.total_bytes(), "all given back, all one chunk");
        }
    }

    #[test]
    fn an_allocation_of_another_heap_is_ignored() {
        let (mut heap, mut other) = (UmmHeap::default(), UmmHeap::new(0x3fff_0c90));
        let _big = heap.malloc(39_000);
        let _first = other.malloc(5_000);
        let mut foreign = other.malloc(100).unwrap();
        assert!(!heap.realloc(&mut foreign, 8));
        heap.free(foreign);
        check_invariants(&heap);
    }
}
