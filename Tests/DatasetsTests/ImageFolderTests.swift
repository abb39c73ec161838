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
      text.contains("\n1 picture takes more memory than it may; make it smaller, grant more,"))
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

  @Test("other images have another fingerprint, the same images the same")
  func fingerprint() throws {
    func dataset(_ level: UInt8, in part: String) throws -> Dataset {
      let scratch = try ScratchFolder()
      try scratch.write(Self.png(1), to: "train/a/1.png")
      try scratch.write(Self.png(level), to: "\(part)/b/1.png")
      return try ImageFolder(scratch.path).load(team: Self.team)
    }
    let first = try dataset(2, in: "train").fingerprint
    #expect(try dataset(2, in: "train").fingerprint == first)
    #expect(try dataset(3, in: "train").fingerprint != first)
    #expect(try dataset(2, in: "val").fingerprint != first)
    #expect(try dataset(2, in: "val").fingerprint != dataset(2, in: "test").fingerprint)
  }

  @Test("large pictures of one size are made small, unless a size is asked for")
  func large() throws {
    let scratch = try ScratchFolder()
    for name in ["a", "b"] {
      try scratch.write(Self.png(10, width: 256, height: 100), to: "\(name)/1.png")
    }
    let own = try ImageFolder(scratch.path).load(fit: .crop, team: Self.team)
    #expect((own.train.width, own.train.height) == (256, 100) && own.warnings.isEmpty)
    let photographs = try ScratchFolder()
    for name in ["a", "b"] {
      try photographs.write(
        Self.png(name == "a" ? 10 : 20, width: 257, height: 100), to: "\(name)/1.png")
    }
    let made = try ImageFolder(photographs.path).load(fit: .crop, team: Self.team)
    #expect((made.train.width, made.train.height) == (64, 64))
    #expect(
      made.warnings.map(\.description) == [
        "large pictures (a/1.png 257×100): brought to 64×64 (crop); --size and --fit say otherwise"
      ])
    let asked = try ImageFolder(photographs.path).load(size: (257, 100), team: Self.team)
    #expect(asked.train.width == 257 && asked.warnings.isEmpty)
  }

  @Test("sizes and colours are made alike, or asked for")
  func sizes() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(10), to: "a/1.png")
    try scratch.write(Self.png(20, width: 40, height: 30, gray: false), to: "a/2.png")
    let chosen = try ImageFolder(scratch.path).load(fit: .crop, team: Self.team)
    #expect((chosen.train.width, chosen.train.height) == (16, 16))
    #expect(
      chosen.warnings == [
        .sizeChosen(
          width: 16, height: 16, fit: .crop, smallest: "a/1.png 4×3", largest: "a/2.png 40×30")
      ])
    let colour = try ImageFolder(scratch.path).load(size: (8, 6), team: Self.team)
    #expect(colour.train.channels == 3 && colour.train.width == 8 && colour.train.height == 6)
    let gray = try ImageFolder(scratch.path).load(size: (8, 6), channels: 1, team: Self.team)
    #expect(
      gray.train.pixels == [UInt8](repeating: 10, count: 48) + [UInt8](repeating: 20, count: 48))
    #expect(
      throws: DatasetError.memory(
        MemoryError(
          what: "reading 2 images of 8×6", needed: 192, limit: 100,
          remedy: "give a smaller --size, or fewer pictures"))
    ) {
      try ImageFolder(scratch.path).load(
        size: (8, 6), channels: 1, memory: MemoryLimit(bytes: 100), team: Self.team)
    }
  }

  @Test("a size of its own is found also where one of many pictures has another")
  func oddOne() throws {
    let scratch = try ScratchFolder()
    for index in 0..<300 {
      try scratch.write(Self.png(UInt8(index % 250), width: 90, height: 70), to: "a/\(index).png")
    }
    let alike = try ImageFolder(scratch.path).load(team: Self.team)
    #expect((alike.train.width, alike.train.height) == (90, 70) && alike.warnings.isEmpty)
    // Not among those that are looked at first.
    try scratch.write(Self.png(7, width: 30, height: 20), to: "a/4.png")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect((dataset.train.width, dataset.train.height) == (64, 64))
    #expect(dataset.train.count == 300 && dataset.train.image(4).allSatisfy { $0 == 7 })
    #expect("\(dataset.warnings[0])".contains("(a/4.png 30×20 to a/0.png 90×70): brought to 64×64"))
  }

  @Test("unreadable files are all named before anything is learned, or left out")
  func bad() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "a/1.png")
    try scratch.write(Array(Self.png(2).dropLast(20)), to: "a/2.png")
    try scratch.write(Array("not a picture".utf8), to: "b/1.jpg")
    try scratch.write(Self.png(3), to: "b/2.png")
    for size in [nil, (4, 3)] {
      let error = #expect(throws: DatasetError.self) {
        try ImageFolder(scratch.path).load(size: size, team: Self.team)
      }
      guard case .badPictures(let pictures)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(pictures.map(\.file) == ["a/2.png", "b/1.jpg"])
      #expect(pictures.allSatisfy { $0.kind == .unreadable && !$0.reason.isEmpty })
      let dataset = try ImageFolder(scratch.path).load(size: size, skipBad: true, team: Self.team)
      #expect(dataset.train.labels == [0, 1])
      let named = dataset.warnings.compactMap { warning -> String? in
        if case .badPicture(let file, _) = warning { file } else { nil }
      }
      #expect(named == ["a/2.png", "b/1.jpg"])
    }
  }

  @Test("a folder without classes or pictures is refused")
  func empty() throws {
    let scratch = try ScratchFolder()
    #expect(throws: DatasetError.noClasses) { try ImageFolder(scratch.path).load(team: Self.team) }
    scratch.makeFolder("a")
    #expect(throws: DatasetError.noPictures(others: nil)) {
      try ImageFolder(scratch.path).load(team: Self.team)
    }
    #expect(throws: DatasetError.unreadable(file: ".", reason: "No such file or directory")) {
      try ImageFolder(scratch.path + "/none").load(team: Self.team)
    }
  }

  @Test("progress counts every picture")
  func progress() throws {
    let scratch = try ScratchFolder()
    for index in 0..<20 { try scratch.write(Self.png(UInt8(index)), to: "a/\(index).png") }
    let seen = Counts()
    let dataset = try ImageFolder(scratch.path).load(team: Self.team) { done, all in
      seen.add(done, all)
    }
    #expect(seen.values == (1...20).map { SIMD2($0, 20) })
    #expect((0..<20).map { dataset.train.image($0).first! } == (0..<20).map { UInt8($0) })
  }

  @Test("a share of every class is held out, drawn by the seed")
  func heldOut() throws {
    let images = BatchesTests.numbered(100)
    let labelled = LabelledImages(
      height: images.height, width: images.width, channels: images.channels,
      pixels: images.pixels, labels: (0..<100).map { $0 < 80 ? 0 : $0 < 99 ? 1 : 2 })
    let (kept, held) = try labelled.stratifiedSplit(fraction: 0.1, seed: 1)
    #expect(held.support(classes: 3) == [8, 2, 0] && kept.support(classes: 3) == [72, 17, 1])
    #expect(try labelled.stratifiedSplit(fraction: 0.1, seed: 1).held == held)
    #expect(try labelled.stratifiedSplit(fraction: 0.1, seed: 2).held != held)
    #expect(throws: DatasetError.badFraction(1)) {
      try labelled.stratifiedSplit(fraction: 1, seed: 1)
    }
    // Where the share of every class is none, one is held out of each that can spare one.
    let few = try labelled.stratifiedSplit(fraction: 0.001, seed: 1)
    #expect(few.held.support(classes: 3) == [1, 1, 0])
    let single = labelled.selecting([0, 80, 99])
    #expect(throws: DatasetError.nothingHeldOut(images: 3, fraction: 0.1)) {
      try single.stratifiedSplit(fraction: 0.1, seed: 1)
    }
  }

  @Test("classes of a model are matched by name")
  func matched() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "cat/1.png")
    try scratch.write(Self.png(2), to: "dog/1.png")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    let matched = try dataset.matched(to: ["dog", "bird", "cat"])
    #expect(matched.train.labels == [2, 0] && matched.classNames == ["dog", "bird", "cat"])
    #expect(throws: DatasetError.unknownClass(name: "dog", known: ["cat"])) {
      try dataset.matched(to: ["cat"])
    }
  }
}

/// Collects numbers from several threads.
final class Counts: @unchecked Sendable {
  // Safety: one call at a time, as `load` promises.
  private(set) var values: [SIMD2<Int>] = []
  func add(_ done: Int, _ all: Int) { values.append(SIMD2(done, all)) }
}
