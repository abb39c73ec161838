import Testing

@testable import Raster

@Suite("MemoryLimit")
struct MemoryLimitTests {
  @Test(
    "sizes are read as people write them",
    arguments: [
      ("1", 1), ("4096", 4096), ("512M", 512 << 20), ("512m", 512 << 20), ("2G", 2 << 30),
      ("1.5G", 3 << 29), ("2GiB", 2 << 30), ("64kb", 64 << 10), ("100B", 100), ("3T", 3 << 40),
      ("none", Int.max), ("99999999T", Int.max),
    ] as [(String, Int)])
  func reads(text: String, bytes: Int) {
    #expect(MemoryLimit(text)?.bytes == bytes)
  }

  @Test(
    "anything else is no size",
    arguments: [
      "", "0", "-1", "M", "G2", "1e3", "2 G", "5iB", "1.2.3", "0.5", "nan", "inf", "0x10",
    ])
  func refuses(text: String) {
    #expect(MemoryLimit(text) == nil)
  }

  @Test("what fits is let through, the byte above is refused with the number and the remedy")
  func checks() throws {
    let limit = MemoryLimit(bytes: 1 << 30)
    try limit.check(1 << 30, for: "the work", remedy: "do less")
    #expect {
      try limit.check((1 << 30) + 1, for: "the work", remedy: "do less")
    } throws: { error in
      "\(error)"
        == "the work needs 1 GiB of memory, the limit is 1 GiB; do less, or raise the limit with "
        + "--limit-memory 1025M"
    }
    #expect(throws: MemoryError.self) {
      try MemoryLimit(bytes: 1).check(.max, for: "it", remedy: "stop")
    }
  }

  @Test(
    "byte counts have a unit and a digit",
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
      (1_048_575, "1 MiB"), (150 << 20, "150 MiB"), (5_046_586_573, "4.7 GiB"),
      (Int.max, "more than 8 EiB"),
    ] as [(Int, String)])
  func says(bytes: Int, text: String) {
    #expect(byteText(bytes) == text)
  }

  @Test("the preset leaves some of the machine's memory to others")
  func preset() {
    #expect(MemoryLimit.preset.bytes < installedMemory())
    #expect(MemoryLimit.preset.bytes >= installedMemory() / 2)
  }

  @Test("a control group is bound by its own limit and by those around it, in either version")
  func controlGroups() {
    let files = [
      "/sys/fs/cgroup/user/job/memory.max": "max", "/sys/fs/cgroup/user/memory.max": "3000",
      "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "2000",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    ]
    func limit(_ lines: [String]) -> Int? {
      controlGroupLimit(membership: lines) { files[$0] }
    }
    #expect(limit(["0::/user/job"]) == 3000)
    #expect(limit(["12:cpu,cpuacct:/docker", "7:memory:/docker", "0::/"]) == 2000)
    #expect(limit(["12:cpu:/docker"]) == 9_223_372_036_854_771_712)
    #expect(controlGroupLimit(membership: ["0::/user"]) { _ in nil } == nil)
    #expect(
      controlGroupLimit(membership: ["0::/"]) { $0 == "/sys/fs/cgroup/memory.max" ? "77" : nil }
        == 77)
  }
}
