//! The JSON that a Tasmota 15.5 board answers with, field by field in the firmware's order.
//!
//! Sources: Tasmota support_command.ino:873-1207 (`CmndStatus`), support_tasmota.ino:857-930 (`MqttShowState`),
//! support_esp8266.ino:116-176 (heap figures with `USE_ESP8266_DEBUG_HEAP`).

use super::clock::duration;
use super::{CHIP_ID, HOSTNAME, IP_ADDRESS, NAME, TOPIC, TasmotaBoard, VERSION};

/// When the firmware was built.
pub(super) const BUILT: &str = "2026-06-21T10:12:44";
/// The access point's.
pub(super) const BSSID: &str = "3C:A6:2F:51:0B:9E";
/// The Wi-Fi's name.
pub(super) const SSID: &str = "Heapscope";

const FEATURES: &str = "\"0809\",\"8F9AC787\",\"04368001\",\"000000CF\",\"010013C0\",\"C000F981\",\"00004004\",\"00001000\",\
    \"54000020\",\"00000080\",\"00000000\"";
const DRIVERS: &str =
    "1,2,!3,!4,!5,7,!8,9,10,12,!16,!18,!19,!20,!21,!22,!24,26,!27,29,!30,!35,!37,!45,62,!68,!121";
const SENSORS: &str = "1,2,!3,5,!6,!7,!8,!9";

impl TasmotaBoard {
    /// The parts of `Status n`; of all numbers that this board has, for `n` = 0.
    pub(super) fn status(&mut self, number: i64) -> Vec<(u32, String)> {
        const ALL: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 10, 11, 12];
        match number {
            0 => {
                let mut parts = vec![(0, self.status_0())];
                parts.extend(ALL.iter().filter_map(|number| Some((*number, self.status_part(*number)?))));
                parts
            }
            1..=13 => {
                let part = u32::try_from(number).unwrap_or_default();
                self.status_part(part).map(|text| (part, text)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// One part, without a plain `Status`.
    fn status_part(&mut self, number: u32) -> Option<String> {
        Some(match number {
            1 => self.status_1(),
            2 => format!(
                "{{\"StatusFWR\":{{\"Version\":\"{VERSION}\",\"BuildDateTime\":\"{BUILT}\",\"Boot\":31,\"Core\":\"2_7_8\",\
                 \"SDK\":\"2.2.2-dev(38a443e)\",\"CpuFrequency\":80,\"Hardware\":\"ESP8266EX\",\"CR\":\"415/699\"}}}}"
            ),
            3 => self.status_3(),
            4 => self.status_4(),
            5 => format!(
                "{{\"StatusNET\":{{\"Hostname\":\"{HOSTNAME}\",\"IPAddress\":\"{IP_ADDRESS}\",\"Gateway\":\"192.168.1.1\",\
                 \"Subnetmask\":\"255.255.255.0\",\"DNSServer1\":\"192.168.1.1\",\"DNSServer2\":\"0.0.0.0\",\
                 \"Mac\":\"5C:CF:7F:4F:12:67\",\"Webserver\":2,\"HTTP_API\":1,\"WifiConfig\":4,\"WifiPower\":17.0}}}}"
            ),
            6 => format!(
                "{{\"StatusMQT\":{{\"MqttHost\":\"192.168.1.10\",\"MqttPort\":1883,\"MqttClientMask\":\"DVES_%06X\",\
                 \"MqttClient\":\"DVES_{CHIP_ID}\",\"MqttUser\":\"DVES_USER\",\"MqttCount\":{},\"MAX_PACKET_SIZE\":1200,\
                 \"KEEPALIVE\":30,\"SOCKET_TIMEOUT\":4}}}}",
                self.run.mqtt_count
            ),
            7 => format!(
                "{{\"StatusTIM\":{{\"UTC\":\"{}Z\",\"Local\":\"{}\",\"StartDST\":\"2026-03-29T02:00:00\",\
                 \"EndDST\":\"2026-10-25T03:00:00\",\"Timezone\":99,\"Sunrise\":\"05:49\",\"Sunset\":\"21:58\"}}}}",
                self.run.clock.utc(),
                self.run.clock.local()
            ),
            8 | 10 => format!("{{\"StatusSNS\":{}}}", self.sensor()),
            11 => format!("{{\"StatusSTS\":{}}}", self.state()),
            // Only after a crash, and 9 and 13 only with hardware that this board does not have.
            12 => format!("{{\"StatusSTK\":{}}}", self.crash.as_ref()?),
            _ => return None,
        })
    }

    /// Plain `Status`.
    pub(super) fn status_0(&self) -> String {
        let zeros = vec!["0"; 32].join(",");
        let power = u8::from(self.settings.is_on);
        format!(
            "{{\"Status\":{{\"Module\":0,\"DeviceName\":\"{NAME}\",\"FriendlyName\":[\"{NAME}\"],\"Topic\":\"{TOPIC}\",\
             \"ButtonTopic\":\"0\",\"Power\":\"{power}\",\"PowerLock\":\"0\",\"PowerOnState\":3,\"LedState\":1,\
             \"LedMask\":\"FFFF\",\"SaveData\":1,\"SaveState\":1,\"SwitchTopic\":\"0\",\"SwitchMode\":[{zeros}],\
             \"ButtonRetain\":0,\"SwitchRetain\":0,\"SensorRetain\":0,\"PowerRetain\":0,\"InfoRetain\":0,\
             \"StateRetain\":0,\"StatusRetain\":0}}}}"
        )
    }

    fn status_1(&self) -> String {
        let run = &self.run;
        format!(
            "{{\"StatusPRM\":{{\"Baudrate\":115200,\"SerialConfig\":\"8N1\",\"GroupTopic\":\"tasmotas\",\
             \"OtaUrl\":\"http://ota.tasmota.com/tasmota/release/tasmota.bin.gz\",\"RestartReason\":\"{}\",\"Uptime\":\"{}\",\
             \"StartupUTC\":\"{}\",\"Sleep\":{},\"CfgHolder\":4617,\"BootCount\":{},\
             \"BCResetTime\":\"2026-06-21T12:20:03\",\"SaveCount\":{},\"SaveAddress\":\"FB000\"}}}}",
            self.restart_reason,
            duration(run.uptime),
            run.clock.utc_before(run.uptime),
            self.settings.sleep,
            self.settings.boot_count,
            self.settings.save_count,
        )
    }

    fn status_3(&self) -> String {
        let settings = &self.settings;
        let parameters: String = settings.parameters.iter().map(|value| format!("{value:02X}")).collect();
        let [flags_0, flags_50, flags_82, flags_114, flags_146] = settings.flags;
        format!(
            "{{\"StatusLOG\":{{\"SerialLog\":{},\"WebLog\":2,\"MqttLog\":0,\"SysLog\":0,\"LogHost\":\"\",\"LogPort\":514,\
             \"SSId\":[\"{SSID}\",\"\"],\"TelePeriod\":{},\"Resolution\":\"558180C0\",\"SetOption\":[\"{flags_0:08X}\",\
             \"{parameters}\",\"{flags_50:08X}\",\"{flags_82:08X}\",\"{flags_114:08X}\",\"{flags_146:08X}\"]}}}}",
            settings.serial_log, settings.tele_period_secs,
        )
    }

    /// `Status 4` of release 15.5 with `USE_ESP8266_DEBUG_HEAP` and `-DUMM_STATS_FULL`. It measures the largest block
    /// first, so its `Frag` is exact, unlike that of the timestamps.
    fn status_4(&mut self) -> String {
        self.measure_largest_block();
        let heap = &self.run.heap;
        format!(
            "{{\"StatusMEM\":{{\"ProgramSize\":662,\"Free\":1384,\"Heap\":{},\"MaxFree\":{},\"Frag\":{},\"OomCount\":{},\
             \"HeapLwm\":{},\"MaxAllocSz\":{},\"ProgramFlashSize\":4096,\"FlashSize\":4096,\"FlashChipId\":\"1640EF\",\
             \"FlashFrequency\":40,\"FlashMode\":\"DOUT\",\"Features\":[{FEATURES}],\"Drivers\":\"{DRIVERS}\",\
             \"Sensors\":\"{SENSORS}\"}}}}",
            heap.free_bytes() / 1024,
            self.run.largest_block_bytes / 1024,
            self.fragmentation(),
            heap.oom_count(),
            heap.low_water_mark_bytes() / 1024,
            heap.max_request_bytes(),
        )
    }

    /// The object of `STATE`, of the command `State` and of `Status 11`.
    pub(super) fn state(&mut self) -> String {
        let run = &self.run;
        let signal = -62 + (run.uptime / 60 % 5) as i64; // dBm
        format!(
            "{{\"Time\":\"{}\",\"Uptime\":\"{}\",\"UptimeSec\":{},\"Heap\":{},\"SleepMode\":\"Dynamic\",\"Sleep\":{},\
             \"LoadAvg\":{},\"MqttCount\":{},\"POWER\":\"{}\",\"Wifi\":{{\"AP\":1,\"SSId\":\"{SSID}\",\"BSSId\":\"{BSSID}\",\
             \"Channel\":6,\"Mode\":\"11n\",\"RSSI\":{},\"Signal\":{signal},\"LinkCount\":1,\
             \"Downtime\":\"0T00:00:04\"}},\"Hostname\":\"{HOSTNAME}\",\"IPAddress\":\"{IP_ADDRESS}\"}}",
            run.clock.local(),
            duration(run.uptime),
            run.uptime,
            run.heap.free_bytes() / 1024,
            self.settings.sleep,
            19 + run.uptime / 60 % 7,
            run.mqtt_count,
            self.power_text(),
            2 * (signal + 100),
        )
    }

    /// The object of `SENSOR` and of `Status 8` and `10`.
    pub(super) fn sensor(&self) -> String {
        let tenths = 214 + self.run.uptime / 120 % 17;
        format!(
            "{{\"Time\":\"{}\",\"DS18B20\":{{\"Id\":\"01131B7A52C8\",\"Temperature\":{}.{}}},\"TempUnit\":\"C\"}}",
            self.run.clock.local(),
            tenths / 10,
            tenths % 10
        )
    }

    /// What the relay is, in the words of the answers.
    pub(super) fn power_text(&self) -> &'static str {
        if self.settings.is_on { "ON" } else { "OFF" }
    }
}
