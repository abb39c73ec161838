import PictureSupport
import Raster
import TestSupport
import Testing

@testable import convfilter

@Suite("apply, on one of several machines")
struct ApplyShardTests {
  @Test("a name has the place that the published jump hash gives it")
  func known() {
    // Made by a Python transcription of Lamping and Veach's code over the same bytes.
    let known: [(String, [Int])] = [
      ("a.png", [0, 1, 2, 7, 7]), ("b.png", [0, 0, 2, 7, 829]),
      ("deep/er/c.jpg", [0, 0, 2, 6, 244]), ("é.png", [0, 1, 1, 7, 403]),
      ("0123456789", [0, 1, 1, 1, 756]),
    ]
    for (name, places) in known {
      let found = [1, 2, 3, 8, 1000].map { Shard.place(of: FilePath(name), among: $0) }
      #expect(found == places, "\(name)")
    }
  }

  @Test("one machine more takes its share from all, and moves nothing between the others")
  func growth() {
    let names = (0..<4000).map { FilePath("pictures/\($0).jpg") }
    for count in 1..<9 {
      var counts = [Int](repeating: 0, count: count + 1)
      for name in names {
        let (old, new) = (
          Shard.place(of: name, among: count), Shard.place(of: name, among: count + 1)
        )
        #expect(new == old || new == count)
        counts[new] += 1
      }
      let even = Double(names.count) / Double(count + 1)
      #expect(counts.allSatisfy { abs(Double($0) - even) < 5 * even.squareRoot() })
    }
  }

  @Test(
    "auto is what a launcher has told",
    arguments: [
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_MAX": "10",
          "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_STEP": "3",
        ], "2/3"
      ),
      ("auto", ["SLURM_PROCID": "0", "SLURM_NTASKS": "4"], "1/4"),
      // The script of a task has a number, too, but nobody beside it.
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "3",
          "SLURM_PROCID": "0",
        ], "2/3"
      ),
      // Two tasks of an array, three processes each.
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_PROCID": "2",
          "SLURM_NTASKS": "3",
        ], "6/6"
      ),
      ("auto/5", ["JOB_COMPLETION_INDEX": "4"], "5/5"),
      ("auto", ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"], "2/4"),
      ("auto", ["PMI_RANK": "3", "PMI_SIZE": "4"], "4/4"),
      ("auto/4", ["PARALLEL_SEQ": "6"], "2/4"),
      (
        "auto",
        [
          "SGE_TASK_ID": "3", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "8", "SGE_TASK_STEPSIZE": "1",
        ],
        "3/8"
      ),
      ("3/8", ["PMI_RANK": "0", "PMI_SIZE": "2"], "3/8"),
    ])
  func launchers(_ text: String, _ environment: [String: String], _ shard: String) throws {
    #expect(try Shard(text, variable: { environment[$0] }).text == shard)
  }

  @Test(
    "what is no shard is refused with a reason",
    arguments: [
      ("0/4", [:], "shards count from 1 to 4"), ("5/4", [:], "shards count from 1 to 4"),
      ("-1/4", [:], "shards count from 1 to 4"), ("1/0", [:], "there may be 1 to 1000000 shards"),
      ("3", [:], "expected one of so many, as in 3/8, or auto"),
      ("1/2/3", [:], "expected one of so many, as in 3/8, or auto"),
      ("9999999999999999999999/4", [:], "expected one of so many, as in 3/8, or auto"),
      (
        "auto", ["JOB_COMPLETION_INDEX": "4"],
        "JOB_COMPLETION_INDEX does not tell of how many; say it, as in auto/8"
      ),
      ("auto", ["PMI_RANK": "x", "PMI_SIZE": "4"], "PMI_RANK=x is no number"),
      ("auto", ["PMI_RANK": "4", "PMI_SIZE": "4"], "PMI_RANK is 4, of 4"),
      // 1,5,9: an array without a common distance.
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "3",
          "SLURM_ARRAY_TASK_STEP": "1",
        ], "SLURM_ARRAY_TASK_ID is 4, of 3"
      ),
    ] as [(String, [String: String], String)])
  func refused(_ text: String, _ environment: [String: String], _ reason: String) {
    #expect(throws: Shard.Mistake(reason)) {
      try Shard(text, variable: { environment[$0] })
    }
  }

  @Test("the shards together make every result once, the same as one machine")
  func together() throws {
    let folder = try ScratchFolder()
    let names = (0..<12).map { "in/\($0 % 3)/\($0).png" }
    for (index, name) in names.enumerated() {
      try folder.write(TestPictures.pattern(seed: index), to: name)
    }
    func run(_ words: String...) throws -> CommandResult {
      try CommandRunner.run(["apply", "-r", "-k", "box"] + words, folder: folder.path)
    }
    _ = try run("in", "whole")
    var written = 0
    for shard in 1...3 {
      // A result of another shard would exist already.
      let result = try run("--shard", "\(shard)/3", "--json", "in", "out")
      #expect(result.status == .exited(0))
      let lines = result.text.split(separator: "\n")
      let own = lines.filter { $0.contains("\"written\"") && !$0.contains("summary") }.count
      #expect(lines.last!.contains("\"shard\": \"\(shard)/3\", \"elsewhere\": \(12 - own)}"))
      #expect(result.errors.contains("\(own) written, \(12 - own) not in shard \(shard)/3"))
      written += own
    }
    #expect(written == 12)
    for name in names {
      let rest = name.dropFirst(3)
      #expect(folder.read("out/\(rest)") == folder.read("whole/\(rest)"))
    }
    // A share may be empty.
    let none = try run("--shard", "1/1000", "in/0/0.png", "none.png")
    let other = Shard.place(of: FilePath("0.png"), among: 1000) == 0
    #expect(none.status == .exited(0))
    #expect((folder.read("none.png") != nil) == other)
  }

  @Test("shards that run at the same time keep records of their own")
  func records() throws {
    let folder = try ScratchFolder()
    for index in 0..<6 {
      try folder.write(TestPictures.pattern(seed: index), to: "in/\(index).png")
    }
    for _ in 0..<2 {
      for shard in 1...2 {
        _ = try CommandRunner.run(
          ["apply", "-k", "box", "--update", "--shard", "\(shard)/2", "in", "out"],
          folder: folder.path)
      }
    }
    let records = folder.files.filter { $0.contains("/.") }.sorted()
    #expect(records == ["out/.convfilter-update-1-of-2", "out/.convfilter-update-2-of-2"])
    let again = try CommandRunner.run(
      ["apply", "-k", "box", "--update", "--shard", "2/2", "in", "out"], folder: folder.path)
    #expect(again.errors.contains("0 written"))
  }
}
