//! What is said of figures that a firmware's build does not print, or prints wrongly.

/// How the allocator's full statistics are had.
pub fn full_statistics(is_tasmota: bool) -> String {
    let place = match is_tasmota {
        true => {
            "in platformio_override.ini, `build_flags = ${common.build_flags} -DUMM_STATS_FULL` in the section of the \
                 environment that is built"
        }
        false => "`build_flags = -DUMM_STATS_FULL` in the section of the environment in platformio.ini",
    };
    let own = match is_tasmota {
        true => {
            " (user_config_override.h reaches only Tasmota's own code; there release 15.5 and later want `#define \
                 USE_ESP8266_DEBUG_HEAP` as well)"
        }
        false => " (a #define in the program does not reach it)",
    };
    format!(
        "Build with -DUMM_STATS_FULL and without -DUMM_INLINE_METRICS: {place}. It has to be a build flag because the \
         allocator is compiled with the framework{own}."
    )
}

pub mod cleared_count {
    pub const HEADLINE: &str =
        "The 0 failed allocations that Status 4 and block maps of this build print say nothing.";
    pub const EXPLANATION: &str = "It was built with -DUMM_INLINE_METRICS. With that flag the count stands among the figures that the \
                                   allocator clears each time it walks through its blocks, and it does so just before the \
                                   count is printed, for Tasmota's Status 4 as for a block map. So a 0 here does not mean that nothing failed. Tasmota's pull \
                                   request 24777 advises that flag together with -DUMM_STATS_FULL; the latter alone prints as \
                                   much (the count, the low-water mark and the largest request) and keeps the count.";
    pub const NO_MATCH_LINE: &str =
        "no line says that the counts of free blocks match: only builds with UMM_INLINE_METRICS leave it out";
}

pub mod no_largest_block {
    pub const HEADLINE: &str =
        "This build does not print the largest free block, so fragmentation cannot be seen.";
    pub const EVIDENCE: &str = "Status 4 without MaxFree";
    pub const ON_ESP32: &str =
        "On an ESP32, Status 4 has no such figure. The time stamps can show fragmentation instead.";
    pub const NEXT_ON_ESP32: &str = "Send SetOption130 1: free heap and fragmentation then stand in front of every line. \
                                     `Br tasmota.memory()` gives both once.";

    /// `old` is the release, where it is one that cannot.
    pub fn explanation(old: Option<&str>) -> String {
        let text = "Stock builds for the ESP8266 print the free heap alone. How large a request may be, and how often one \
                    failed, they do not say.";
        match old {
            Some(release) => format!("{text} This is release {release}; 15.5 is the first that can."),
            None => text.into(),
        }
    }

    pub fn next() -> String {
        format!(
            "Build Tasmota 15.5 or later with `#define USE_ESP8266_DEBUG_HEAP` in user_config_override.h: Status 4 then has \
             MaxFree and Frag, and Status 44 prints the block map. For OomCount, HeapLwm and MaxAllocSz besides: {}",
            super::full_statistics(true)
        )
    }
}

pub mod no_statistics {
    pub const HEADLINE: &str =
        "This build prints neither the least free memory since the start nor the largest request.";
    pub const EVIDENCE: &str = "statistics without Low Watermark and MAX Alloc Request";
    pub const EXPLANATION: &str = "Its allocator keeps short statistics. The low-water mark tells how near the board came to its end \
                                   between two looks at it.";
}

pub mod no_largest_in_toit {
    pub const HEADLINE: &str = "This Toit release does not print the largest free block.";
    pub const EVIDENCE: &str = "the total has no \"largest free\" and no \"total free\"";
    pub const EXPLANATION: &str = "Before v2.0.0-alpha.22 a heap report says what is used and by how many percent. So what is free is \
                                   calculated, and whether it lies in pieces can only be concluded.";
    pub const NEXT: &str = "Update to v2.0.0-alpha.22 or later: its heap report ends with the largest free block and all that is free.";
}

pub mod no_series {
    pub const HEADLINE: &str = "Tasmota can say what is free in every line of its log.";
    pub const EVIDENCE: &str = "figures come only with answers and telemetry";
    pub const EXPLANATION: &str = "So far figures come only when it is asked, and every five minutes with its telemetry. A leak is seen \
                                   sooner in many figures than in few.";
    pub const NEXT: &str = "Send SetOption130 1 for a series without asking; SetOption130 0 ends it.";
}
