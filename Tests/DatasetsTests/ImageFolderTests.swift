import Datasets
import ImageCodecs
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

  @Test("train and test are told apart, with the classes of both", arguments: ["test", "val"])
  func halves(test: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(1), to: "train/cat/1.png")
    try scratch.write(Self.png(2), to: "train/dog/1.png")
    try scratch.write(Self.png(3), to: "\(test)/dog/1.png")
    try scratch.write(Self.png(4), to: "\(test)/ape/1.png")
    scratch.makeFolder("\(test)/cat")
    let dataset = try ImageFolder(scratch.path).load(team: Self.team)
    #expect(dataset.classNames == ["ape", "cat", "dog"])
    #expect(dataset.train.labels == [1, 2] && dataset.test.labels == [0, 2])
    #expect(dataset.split == .given)
    #expect(dataset.warnings == [.untrainedClass("ape")])
  }

  @Test("sizes and colours are made alike, or asked for")
  func sizes() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Self.png(10), to: "a/1.png")
    try scratch.write(Self.png(20, width: 40, height: 30, gray: false), to: "a/2.png")
    #expect(throws: DatasetError.sizesDiffer(first: "a/1.png 4×3", other: "a/2.png 40×30")) {
      try ImageFolder(scratch.path).load(team: Self.team)
    }
    let colour = try ImageFolder(scratch.path).load(size: (8, 6), team: Self.team)
    #expect(colour.train.channels == 3 && colour.train.width == 8 && colour.train.height == 6)
    let gray = try ImageFolder(scratch.path).load(size: (8, 6), channels: 1, team: Self.team)
    #expect(
      gray.train.pixels == [UInt8](repeating: 10, count: 48) + [UInt8](repeating: 20, count: 48))
    #expect(throws: DatasetError.tooLarge(images: 2, bytes: 192, limit: 100)) {
      try ImageFolder(scratch.path).load(
        size: (8, 6), channels: 1, memoryLimit: 100, team: Self.team)
    }
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
      guard case .badPictures(let files, let reasons)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(files == ["a/2.png", "b/1.jpg"])
      #expect(reasons.count == files.count && reasons.allSatisfy { !$0.isEmpty })
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
    #expect(throws: DatasetError.noPictures) { try ImageFolder(scratch.path).load(team: Self.team) }
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
    #expect(throws: DatasetError.nothingHeldOut(images: 100, fraction: 0.001)) {
      try labelled.stratifiedSplit(fraction: 0.001, seed: 1)
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
