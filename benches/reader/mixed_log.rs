//! The log that everything is measured on: what a Tasmota board prints in hours, with block maps, Toit tables and
//! other firmwares' chatter between. The same seed gives the same log on every machine.

use std::fmt::Write;

const BLOCK_MAP: &str = include_str!("../../tests/fixtures/umm/leak_core278_full_2/log.txt");

const CHATTER: &str = "\
I (1234) wifi:state: assoc -> run (10)\r
\x1b[0;32mI (1250) esp_netif_handlers: sta ip: 192.0.2.17, mask: 255.255.255.0, gw: 192.0.2.1\x1b[0m\r
[D][sensor:094]: 'Temperature': Sending state 21.50000 C with 1 decimals of accuracy\r
temperature=21.5 humidity=40 pressure=1013\r
";

/// At least so many bytes.
pub fn mixed_log(bytes: usize) -> Vec<u8> {
    let mut log = String::with_capacity(bytes + 50_000);
    let mut random = Random(1);
    let mut clock = Clock { millis: 8 * 3_600_000 };
    while log.len() < bytes {
        for _ in 0..4 {
            tasmota(&mut log, &mut clock, &mut random);
        }
        log.push_str(BLOCK_MAP);
        toit_table(&mut log, &mut random);
        log.push_str(CHATTER);
    }
    log.into_bytes()
}

/// Five minutes of a board with `SetOption130`: telemetry, what its drivers say, and an answer to `Status 4`.
fn tasmota(log: &mut String, clock: &mut Clock, random: &mut Random) {
    for _ in 0..30 {
        let stamp = clock.stamp(random);
        let (temperature, humidity) = (random.below(300), random.below(100));
        let line = match random.below(4) {
            0 => format!(
                "MQT: tele/plug/SENSOR = {{\"Time\":\"2026-11-22T08:00:00\",\"AM2301\":{{\"Temperature\":{}.{},\"Humidity\":{humidity}.5,\"DewPoint\":9.1}},\"TempUnit\":\"C\"}}",
                temperature / 10,
                temperature % 10
            ),
            1 => format!(
                "WIF: Checking connection... RSSI {} dBm, channel {}",
                random.below(90),
                random.below(13) + 1
            ),
            2 => format!("RUL: POWER1#STATE performs \"publish stat/rule/{humidity} {temperature}\""),
            _ => format!(
                "SNS: HLW: power {}, energy {}, load average {humidity}",
                temperature * 7,
                random.below(100_000)
            ),
        };
        let _ = write!(log, "{stamp}{line}\r\n");
    }
    let stamp = clock.stamp(random);
    let (heap, largest) = (random.below(10) + 18, random.below(10) + 8);
    let _ = write!(log, "{stamp}CMD: Status 4\r\n");
    let _ = write!(
        log,
        "{stamp}MQT: stat/plug/STATUS4 = {{\"StatusMEM\":{{\"ProgramSize\":666,\"Free\":1380,\"Heap\":{heap},\"MaxFree\":{largest},\"Frag\":{},\"OomCount\":0,\"HeapLwm\":{},\"MaxAllocSz\":{},\"ProgramFlashSize\":4096,\"FlashSize\":4096,\"FlashChipId\":\"1640EF\",\"FlashFrequency\":40,\"FlashMode\":\"DOUT\",\"Features\":[\"0407\",\"8F9AC787\",\"04368001\",\"000000CF\",\"010013C0\",\"C000F981\",\"00004004\",\"00001000\",\"54000020\",\"00000080\",\"00000000\"],\"Drivers\":\"1,2,!3,!4,!5,!6,7,!8,9,10,12,!16,!18,!19,!20,!21,!22,!24,26,!27,29,!30,!35,!37,45,62,68\",\"Sensors\":\"1,2,3,4,5,6,120\",\"I2CDriver\":\"7\"}}}}\r\n",
        random.below(60),
        heap - 6,
        random.below(9_000),
    );
    let stamp = clock.stamp(random);
    let _ = write!(
        log,
        "{stamp}MQT: tele/plug/STATE = {{\"Time\":\"2026-11-22T08:05:00\",\"Uptime\":\"0T08:05:00\",\"UptimeSec\":29100,\"Heap\":{heap},\"SleepMode\":\"Dynamic\",\"Sleep\":50,\"LoadAvg\":19,\"MqttCount\":1,\"POWER\":\"ON\",\"Wifi\":{{\"AP\":1,\"SSId\":\"example\",\"BSSId\":\"02:00:00:00:00:01\",\"Channel\":6,\"Mode\":\"11n\",\"RSSI\":{},\"Signal\":-60,\"LinkCount\":1,\"Downtime\":\"0T00:00:03\"}}}}\r\n",
        random.below(100),
    );
}

/// A heap report in the layout of v2.0.0-alpha.147 and later, whose sums hold.
fn toit_table(log: &mut String, random: &mut Random) {
    let pages = random.below(8) + 4;
    let rows = [
        ("external byte array", random.below(20_000), random.below(40)),
        ("tls/bignum", random.below(40_000), random.below(200)),
        ("toit processes", pages * 4_096, pages + 2),
        ("lwip", random.below(9_000), random.below(60)),
        ("heap overhead", 7_144, 585),
        ("event source", 1_224, 24),
        ("thread/spawn", 28_480, 21),
        ("untagged", 36_152, 199),
        ("wifi", 40_072, 62),
        ("heap metadata", 16_384, 1),
        ("spare new-space", 4_096, 1),
    ];
    let uncounted = ["heap overhead", "heap metadata", "spare new-space"];
    let bytes: u64 = rows.iter().map(|row| row.1).sum();
    let count: u64 = rows.iter().filter(|row| !uncounted.contains(&row.0)).map(|row| row.2).sum();
    let line = |left: &str, middle: &str, right: &str| {
        format!("  {left}{}{middle}{}{middle}{}{right}\r\n", "─".repeat(11), "─".repeat(10), "─".repeat(53))
    };
    log.push_str("Heap report @ out of memory in primitive 3:4:\r\n");
    log.push_str(&line("┌", "┬", "┐"));
    log.push_str("  │   Bytes   │  Count   │  Type                                               │\r\n");
    log.push_str(&line("├", "┼", "┤"));
    for (name, bytes, count) in rows {
        let _ = write!(log, "  │ {bytes:>7}   │ {count:>6}   │  {name:<50} │\r\n");
        if name == "toit processes" {
            let uuid = "0b52d4f8-66a7-5c6a-9d77-53c0a60a1a55";
            let _ = write!(log, "  │   {bytes:>7} │   {pages:>6} │    current   2 {uuid} │\r\n");
        }
    }
    log.push_str(&line("└", "┴", "┘"));
    let _ = write!(
        log,
        "  Total: {bytes} bytes in {count} allocations (85%), largest free {}k, total free {}k\r\n",
        random.below(8),
        random.below(40) + 8,
    );
}

/// The board's clock.
struct Clock {
    millis: u64,
}

impl Clock {
    /// `08:00:00.123-023/12 `, some seconds later.
    fn stamp(&mut self, random: &mut Random) -> String {
        self.millis = (self.millis + random.below(9_000)) % 86_400_000;
        let (seconds, millis) = (self.millis / 1_000, self.millis % 1_000);
        let (free, fragmentation) = (random.below(10) + 18, random.below(60));
        format!(
            "{:02}:{:02}:{:02}.{millis:03}-{free:03}/{fragmentation:02} ",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

/// Knuth's MMIX generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
