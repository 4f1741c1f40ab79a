//! A page of a heap, as reports by page give it.

/// A page of a heap that is managed page by page, and what lies in it.
///
/// What a report does not say is `None`: text reports give the largest free piece and bytes of each use, encoded
/// ones a fullness and the kinds of use alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Address of its first byte.
    pub address: u32,
    /// Its size in bytes, if it was printed.
    pub size_bytes: Option<u32>,
    /// Size in bytes of its largest free piece.
    pub largest_free_bytes: Option<u32>,
    /// How much of it is allocated, in whole percent.
    pub used_percent: Option<u8>,
    /// Whether it is known to hold the beginning of something that goes on in the page behind it.
    pub goes_on_in_next: bool,
    /// What lies in it, in printed order.
    pub uses: Vec<PageUse>,
}

/// One kind of memory in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUse {
    /// The name as the firmware printed it; for an encoded one, the name that its decoder prints.
    pub name: String,
    /// Bytes of it in this page, if that was printed. A block of several pages may be booked on its first alone.
    pub bytes: Option<u64>,
    /// Number of allocations of it in this page, if that was printed.
    pub count: Option<u64>,
}
