import Datasets
import Libc
import TestSupport
import Testing

@Suite("Fetching", .serialized)
struct FetchTests {
  /// A data set of four small files, as MNIST is.
  static let contents: [(name: String, bytes: [UInt8])] = [
    ("train-images", FormatTests.idx([6, 2, 2], (0..<24).map { UInt8($0) })),
    ("train-labels", FormatTests.idx([6], [0, 1, 2, 0, 1, 2])),
    ("test-images", FormatTests.idx([2, 2, 2], (0..<8).map { UInt8(100 + $0) })),
    ("test-labels", FormatTests.idx([2], [2, 0])),
  ]

  static let files: [KnownDataset.PublishedFile] = contents.map {
    .init($0.name, size: $0.bytes.count, md5: MD5.hex($0.bytes))
  }

  static let tiny = KnownDataset(
    name: "tiny", title: "Tiny", height: 2, width: 2, channels: 1, trainCount: 6, testCount: 2,
    classNames: ["a", "b", "c"], licence: "none",
    source: .idx(
      folder: "tiny-idx",
      files: .init(
        trainImages: files[0], trainLabels: files[1], testImages: files[2], testLabels: files[3])),
    mirrors: ["http://127.0.0.1:9/nowhere"])

  /// A mirror that holds the files, and an empty data folder.
  static func setUp() throws -> (mirror: Mirror, data: ScratchFolder)? {
    guard let mirror = try Mirror() else { return nil }
    for (name, bytes) in contents { try mirror.scratch.write(bytes, to: "files/tiny/\(name)") }
    return (mirror, try ScratchFolder())
  }

  static let allFiles = contents.map { "tiny-idx/\($0.name)" }.sorted()

  @Test("files are fetched, checked and put in place; nothing else is left")
  func good() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    var checked: [String] = []
    let folder = try Self.tiny.fetch(
      into: data.folder.folder("new/data"), mirrors: [mirror.address("good") + "/"]
    ) {
      if case .checking(let file) = $0 { checked.append(file) }
    }
    #expect(data.files == Self.allFiles.map { "new/data/" + $0 })
    #expect(checked == Self.contents.map(\.name))
    let dataset = try Self.tiny.load(from: folder)
    #expect(dataset.train.labels == [0, 1, 2, 0, 1, 2] && dataset.test.pixels.first == 100)
    #expect(Self.tiny.verify(in: folder).allSatisfy { $0.state == .good })
    // What is there is not fetched again.
    let before = mirror.requests.count
    _ = try Self.tiny.fetch(
      into: data.folder.folder("new/data"), mirrors: [mirror.address("good")])
    #expect(mirror.requests.count == before)
  }

  @Test(
    "a mirror that fails in any way is left for the next",
    arguments: [
      "broken", "wrong", "truncated", "short", "absent",
    ])
  func fallback(mode: String) throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let bad = mode == "absent" ? "http://127.0.0.1:1" : mirror.address(mode)
    var failures = 0
    let folder = try Self.tiny.fetch(
      into: data.folder, mirrors: [bad, mirror.address("good")]
    ) {
      if case .failed(let address, let reason) = $0 {
        failures += 1
        #expect(address.hasPrefix(bad) && !reason.isEmpty)
      }
    }
    #expect(failures == 4)
    #expect(Self.tiny.verify(in: folder).allSatisfy { $0.state == .good })
  }

  @Test("when no mirror has the right file, each one's fault is told and nothing appears")
  func allBad() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let modes = ["broken", "wrong", "short", "truncated"]
    let error = #expect(throws: DatasetError.self) {
      try Self.tiny.fetch(into: data.folder, mirrors: modes.map(mirror.address))
    }
    guard case .downloadFailed(let file, let attempts, Self.tiny, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == "train-images" && attempts.count == 4)
    #expect(attempts[0].contains("500"))
    #expect(attempts[1].contains("instead of " + Self.files[0].md5))
    #expect(attempts[2].contains("20 bytes instead of 40"))
    #expect(!data.files.contains { $0.hasPrefix("tiny-idx") })
  }

  @Test("half a download is resumed where it broke off")
  func resume() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    #expect(throws: DatasetError.self) {
      try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("truncated")])
    }
    #expect(data.files.contains(".tiny.partial/train-images.part"))
    _ = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("good")])
    #expect(mirror.requests.contains("/good/tiny/train-images bytes=20-"))
    #expect(data.files.filter { !$0.hasPrefix(".") } == Self.allFiles)
  }

  @Test(
    "a part that is wrong, or that the server cannot go on from, is fetched anew",
    arguments: [
      "good", "plain",
    ])
  func restart(mode: String) throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let part: [UInt8] =
      mode == "good" ? [9, 9, 9] : Array(Self.contents[0].bytes.prefix(10))
    try data.write(part, to: ".tiny.partial/train-images.part")
    let folder = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address(mode)])
    #expect(Self.tiny.verify(in: folder).allSatisfy { $0.state == .good })
  }

  @Test("files that are missing are added to a folder that has some")
  func completes() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    try data.write(Self.contents[1].bytes, to: "tiny-idx/train-labels")
    try data.write([1], to: "tiny-idx/note.txt")
    _ = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("good")])
    #expect(
      data.files.filter { !$0.hasPrefix(".") } == (Self.allFiles + ["tiny-idx/note.txt"]).sorted())
  }

  @Test("an archive is unpacked", arguments: [true, false])
  func archive(whole: Bool) throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let record = [UInt8](repeating: 7, count: 3072)
    try mirror.scratch.write([1] + record + [0] + record, to: "batches/data_batch_1.bin")
    if whole { try mirror.scratch.write([2] + record, to: "batches/test_batch.bin") }
    try mirror.scratch.write([], to: "files/tiny/empty")
    let pack = "cd \(mirror.scratch.path) && tar -czf files/tiny/batches.tar.gz batches"
    #expect(system(pack) == 0)
    let bytes = try mirror.scratch.folder.read("files/tiny/batches.tar.gz")
    let dataset = KnownDataset(
      name: "tiny", title: "Tiny", height: 32, width: 32, channels: 3, trainCount: 2, testCount: 1,
      classNames: ["a", "b", "c"], licence: "none",
      source: .cifar(
        folder: "batches",
        .init(
          archive: .init("batches.tar.gz", size: bytes.count, md5: MD5.hex(bytes)),
          train: [.init("data_batch_1.bin", size: 6146, md5: MD5.hex([1] + record + [0] + record))],
          test: .init("test_batch.bin", size: 3073, md5: MD5.hex([2] + record)), labelBytes: 1)),
      mirrors: [])
    let mirrors = [mirror.address("good")]
    guard whole else {
      #expect(
        throws: DatasetError.unpackingFailed(
          file: "batches.tar.gz", reason: "it lacks test_batch.bin")
      ) { try dataset.fetch(into: data.folder, mirrors: mirrors) }
      #expect(!data.files.contains { $0.hasPrefix("batches/") })
      return
    }
    let folder = try dataset.fetch(into: data.folder, mirrors: mirrors)
    #expect(try dataset.load(from: folder).train.labels == [1, 0])
    #expect(data.files == ["batches/data_batch_1.bin", "batches/test_batch.bin"])
  }

  @Test("what is damaged is fetched anew, somebody's own data are kept under another name")
  func repairs() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    for (name, bytes) in Self.contents { try data.write(bytes, to: "tiny-idx/\(name)") }
    try data.write(Array(Self.contents[0].bytes.dropLast(5)), to: "tiny-idx/train-images")
    let own = FormatTests.idx([6], [2, 2, 2, 2, 2, 2])
    try data.write(own, to: "tiny-idx/train-labels")
    // What a run left that was killed before its clean-up.
    try data.write([1, 2, 3], to: ".tiny.partial/unpacked/large")
    var events: [FetchEvent] = []
    let folder = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("good")]) {
      if case .setAside = $0 { events.append($0) }
    }
    #expect(Self.tiny.verify(in: folder).allSatisfy { $0.state == .good })
    #expect(events == [.setAside(file: "train-labels", as: "train-labels.old1")])
    #expect(data.read("tiny-idx/train-labels.old1") == own)
    #expect(
      data.files
        == (["tiny-idx/train-labels.old1"] + Self.allFiles).sorted())
    #expect(mirror.requests.count == 2)
    // All is well now: nothing is asked for, what lies about is cleaned up.
    try data.write([1, 2, 3], to: ".tiny.partial/large")
    _ = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("good")])
    #expect(mirror.requests.count == 2)
    #expect(!data.files.contains { $0.hasPrefix(".tiny.partial") })
  }
}
