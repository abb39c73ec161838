import Datasets
import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

/// What is made of the pictures of a folder, and what of those that are none.
extension ImageFolderTests {
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
