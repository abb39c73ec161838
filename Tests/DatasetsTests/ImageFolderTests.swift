import Datasets
import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

@Suite("ImageFolder")
struct ImageFolderTests {
  static let team = ThreadTeam(threads: 2)

  /// A PNG of one colour.
  static func png(_ level: UInt8, width: Int = 4, height: Int = 3, gray: Bool = true) -> [UInt8] {
    let format = PictureFormat(
      width: width, height: height, color: gray ? .gray : .rgb, sample: .uint8)
    let picture = Picture(
      format, samples: [UInt8](repeating: level, count: format.samplesPerRow * height))
    return try! encodePNG(picture)
  }

  @Test("the label is the name of the folder; classes and pictures are in natural order")
  func order() throws {
    let scratch = try ScratchFolder()
    for (name, level) in [
      ("10/b.png", 1), ("2/10.png", 2), ("2/9.PNG", 3), ("a 2/x.pgm", 4), ("2/README.txt", 0),
    ] {
      try scratch.write(
        name.hasSuffix(".pgm")
          ? Array("P5 4 3 255\n".utf8) + [UInt8](repeating: 4, count: 12) : Self.png(UInt8(level)),
        to: name)
    }
    try scratch.write(Self.png(9), to: ".ipynb_checkpoints/b.png")
    try scratch.write(Self.png(9), to: "2/inner/c.png")
    scratch.makeFolder("empty")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["2", "10", "a 2"])
    #expect(dataset.train.labels == [0, 0, 1, 2])
    #expect((0..<4).map { dataset.train.image($0).first! } == [3, 2, 1, 4])
    #expect(dataset.train.channels == 1 && dataset.train.width == 4 && dataset.train.height == 3)
    #expect(dataset.test.count == 0 && dataset.split == .none)
    #expect(
      dataset.warnings == [
        .nestedIgnored(["2/inner"]), .emptyClass("empty"),
        .hiddenIgnored([".ipynb_checkpoints"]),
        .othersIgnored(count: 1, example: "2/README.txt"),
      ])
  }

  @Test(
    "train and test are told apart, with the classes of both",
    arguments: [("train", "test"), ("Train", "Test"), ("Training", "Testing"), ("TRAIN", "TEST")])
  func halves(train: String, test: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "\(train)/cat/1.png")
    try scratch.write(Self.png(2), to: "\(train)/dog/1.png")
    try scratch.write(Self.png(3), to: "\(test)/dog/1.png")
    try scratch.write(Self.png(4), to: "\(test)/ape/1.png")
    scratch.makeFolder("\(test)/cat")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["ape", "cat", "dog"])
    #expect(dataset.train.labels == [1, 2] && dataset.test.labels == [0, 2])
    #expect(dataset.split == .given)
    #expect(dataset.warnings == [.untrainedClass("ape")])
  }

  @Test("validation images are a part of their own", arguments: ["val", "Valid", "validation"])
  func validation(name: String) throws {
    let scratch = try ScratchFolder()
    for (index, part) in ["train", name, "test"].enumerated() {
      try scratch.write(Self.png(UInt8(index)), to: "\(part)/cat/1.png")
      try scratch.write(Self.png(UInt8(10 + index)), to: "\(part)/dog/1.png")
    }
    let all = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(all.train.pixels.first == 0 && all.validation?.pixels.first == 1)
    #expect(all.test.pixels.first == 2 && all.warnings.isEmpty)
    let matched = try all.matched(to: ["dog", "cat"])
    #expect(matched.validation?.labels == [1, 0])
    let other = try ScratchFolder()
    for part in ["train", name] { try other.write(Self.png(7), to: "\(part)/cat/1.png") }
    let pair = try ImageFolder(other.path).load(team: Self.team)
    #expect(pair.train.count == 1 && pair.validation?.count == 1 && pair.test.count == 0)
  }

  @Test("images to judge by may stand alone")
  func testAlone() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "test/cat/1.png")
    try scratch.write(Self.png(2), to: "test/dog/1.png")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["cat", "dog"] && dataset.warnings.isEmpty)
    #expect(dataset.train.count == 0 && dataset.test.labels == [0, 1])
  }

  @Test("a class may be called train, as one of CIFAR-100 is")
  func classCalledTrain() throws {
    let scratch = try ScratchFolder()
    for (index, name) in ["bus", "car", "train"].enumerated() {
      try scratch.write(Self.png(UInt8(index)), to: "\(name)/1.png")
    }
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["bus", "car", "train"] && dataset.train.labels == [0, 1, 2])
    #expect(dataset.warnings.isEmpty)
  }

  @Test("names that look alike are one class, names that are no text are told apart")
  func names() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "train/caf\u{e9}/1.png")
    try scratch.write(Self.png(2), to: "train/tea/1.png")
    try scratch.write(Self.png(3), to: "test/cafe\u{301}/1.png")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["caf\u{e9}", "tea"])
    #expect(dataset.train.labels == [0, 1] && dataset.test.labels == [0])
    let other = try ScratchFolder()
    for byte in [UInt8(0xe8), 0xe9] {
      let folder = FilePath(other.path).appending([UInt8(ascii: "a"), byte])
      #expect(folder.withCString { mkdir($0, 0o755) } == 0)
      try other.write(Self.png(byte), to: "1.png")
      let moved = folder.appending([0xff] + Array(".png".utf8))
      #expect(moved.withCString { rename(other("1.png"), $0) } == 0)
    }
    let bytes = try ImageFolder(other.path).load(team: Self.team)
    #expect(bytes.classNames == ["a\\xE8", "a\\xE9"] && bytes.train.labels == [0, 1])
    for byte in [UInt8(0xe8), 0xe9] {
      let folder = FilePath(other.path).appending([UInt8(ascii: "a"), byte])
      _ = folder.appending([0xff] + Array(".png".utf8)).withCString { unlink($0) }
      _ = folder.withCString { rmdir($0) }
    }
  }

  @Test("every ending that is read elsewhere is read here; others are named")
  func endings() throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      encode(
        Picture(
          PictureFormat(width: 4, height: 3, color: .rgb, sample: .uint8),
          samples: [UInt8](repeating: 9, count: 36)), as: .jpeg), to: "a/1.jfif")
    try scratch.write(
      Array("P7\nWIDTH 4\nHEIGHT 3\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n".utf8)
        + [UInt8](repeating: 4, count: 12), to: "b/1.PAM")
    try scratch.write([1], to: "b/2.jp2")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.train.labels == [0, 1] && dataset.train.channels == 3)
    #expect(dataset.train.image(1).allSatisfy { $0 == 4 })
    #expect(dataset.warnings == [.othersIgnored(count: 1, example: "b/2.jp2")])
    let none = try ScratchFolder()
    try none.write([1], to: "a/2.jp2")
    #expect(throws: DatasetError.noPictures(others: "a/2.jp2")) {
      try ImageFolder(none.path).load(team: Self.team)
    }
  }

  @Test("a link to nowhere is a bad picture, a pipe is none; neither is waited for")
  func oddFiles() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "a/1.png")
    #expect(symlink("nowhere", scratch("a/2.png")) == 0)
    #expect(mkfifo(scratch("a/3.png"), 0o600) == 0)
    let reason = "cannot be read (a link to a file that does not exist)"
    let bad = BadPicture(file: "a/2.png", kind: .unreadable, reason: reason)
    #expect(throws: DatasetError.badPictures([bad])) {
      try ImageFolder(scratch.path).load(team: Self.team)
    }
    let dataset = try ImageFolder(scratch.path).load(skipBad: true, team: Self.team)
    #expect(dataset.train.count == 1)
    #expect(
      dataset.warnings == [
        .othersIgnored(count: 1, example: "a/3.png"),
        .badPicture(file: "a/2.png", reason: reason),
      ])
  }

  @Test("files of several pictures are spoken of once")
  func several() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "a/1.png")
    for name in ["a/2.pgm", "a/3.pgm"] {
      try scratch.write(
        Array("P5 4 1 255\n\u{1}\u{2}\u{3}\u{4}P5 1 1 255\n\u{5}".utf8), to: name)
    }
    let dataset = try ImageFolder(scratch.path).load(size: (4, 3), channels: 1, team: Self.team)
    #expect(dataset.train.count == 3)
    #expect(dataset.warnings == [.othersInFile(count: 2, file: "a/2.pgm")])
  }

  @Test(
    "a small file that unfolds to more memory than there may be stands apart from what is no picture"
  )
  func unfolds() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "a/1.png")
    try scratch.write(Self.png(1, width: 3000, height: 2000), to: "a/2.png")
    try scratch.write(Array("no picture".utf8), to: "a/3.png")
    let error = #expect(throws: DatasetError.self) {
      try ImageFolder(scratch.path).load(
        size: (4, 3), channels: 1, memory: MemoryLimit(bytes: 1 << 20), team: Self.team)
    }
    guard case .badPictures(let pictures)? = error, pictures.count == 2 else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(pictures.map(\.file) == ["a/2.png", "a/3.png"])
    #expect(pictures.map(\.kind) == [.tooLarge, .unreadable])
    #expect(
      pictures[0].reason.hasPrefix(
        "the picture of 3000×2000 needs 5.7 MiB of memory, one may take "))
    let text = "\(DatasetError.badPictures(pictures))"
    #expect(
      text.hasPrefix("1 file is no readable picture; repair or remove it, or leave it out with"))
    #expect(
      text.contains("\n1 picture is larger than may be; make it smaller, leave it out with")
    )
    // The limit that is named is enough.
    let named = pictures[0].reason.split(separator: " ").last.map { String($0) }
    let limit = try #require(named.flatMap { MemoryLimit($0) })
    let dataset = try ImageFolder(scratch.path).load(
      size: (4, 3), channels: 1, skipBad: true, memory: limit, team: Self.team)
    #expect(dataset.train.count == 2)
  }

  @Test("the folder is called by its own name, however it was named")
  func ownName() throws {
    let scratch = try ScratchFolder()
    for name in ["a", "b"] { try scratch.write(Self.png(1), to: "my set/\(name)/1.png") }
    for path in ["my set", "my set/.", "my set/", "my set/a/.."] {
      let dataset = try ImageFolder(scratch(path)).load(team: Self.team)
      #expect(dataset.name == "my set")
    }
  }
}

/// Collects numbers from several threads.
final class Counts: @unchecked Sendable {
  // Safety: one call at a time, as `load` promises.
  private(set) var values: [SIMD2<Int>] = []
  func add(_ done: Int, _ all: Int) { values.append(SIMD2(done, all)) }
}
